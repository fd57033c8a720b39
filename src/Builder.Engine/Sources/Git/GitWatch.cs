using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Engine.Sources.Git;

/// <summary>
/// Sees to it that git neither waits for a server for ever nor fills the disk. Git itself does so for http alone; what comes
/// in is seen in our repository whatever the protocol.
/// </summary>
/// <param name="silence">How long nothing may come in.</param>
internal sealed class GitWatch(string repository, string shown, SourceOptions options, TimeSpan silence, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly long started = time.GetTimestamp();
    private long size = -1;
    private long changed = time.GetTimestamp();

    /// <summary>Runs until it is done, or something is too much; then it is cancelled.</summary>
    /// <exception cref="BuilderException"><see cref="SourceErrors.GitSilent"/>, <see cref="SourceErrors.GitTooBig"/>.</exception>
    public async Task GuardAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = run(stop.Token);
        BuilderException? verdict = null;
        while (verdict is null && await Task.WhenAny(running, Task.Delay(Pause, time, CancellationToken.None)) != running)
        {
            verdict = TooBig() ?? TooSlow();
        }

        if (verdict is not null)
        {
            await stop.CancelAsync();
        }

        try
        {
            await running;
        }
        catch (OperationCanceledException) when (verdict is not null && !cancellationToken.IsCancellationRequested)
        {
            throw verdict;
        }

        // What came in between two looks counts too.
        if (TooBig() is { } late)
        {
            throw late;
        }
    }

    private BuilderException? TooBig()
    {
        var now = Size();
        if (now != size)
        {
            (size, changed) = (now, time.GetTimestamp());
        }

        return size <= options.MaxDownload ? null : new BuilderException(
            SourceErrors.GitTooBig, $"the repository {shown} has more than the {options.MaxDownload} bytes that a build takes", "name a branch or tag, of which only the last commit is fetched");
    }

    private BuilderException? TooSlow()
    {
        var what = time.GetElapsedTime(changed) > silence ? $"sent nothing for {silence.TotalSeconds:0} seconds"
            : time.GetElapsedTime(started) > options.MaxFetchTime ? string.Create(CultureInfo.InvariantCulture, $"was not done after {options.MaxFetchTime.TotalSeconds:0.#} seconds")
            : null;
        return what is null ? null : new BuilderException(SourceErrors.GitSilent, $"the server of the repository {shown} {what}", "try again later, or clone it yourself and give the folder");
    }

    /// <summary>Files come and go while git works.</summary>
    private long Size()
    {
        var every = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var total = 0L;
        try
        {
            foreach (var file in new DirectoryInfo(repository).EnumerateFiles("*", every))
            {
                total += file.Exists ? file.Length : 0;
            }
        }
        catch (IOException)
        {
            return size;
        }

        return total;
    }
}
