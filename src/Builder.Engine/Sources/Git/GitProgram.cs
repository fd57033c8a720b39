using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text;
using Builder.Diagnostics;

namespace Builder.Engine.Sources.Git;

/// <summary>
/// The program <c>git</c>, which talks to other people's servers and reads other people's repositories. It sees neither
/// this user's settings nor any <c>GIT_…</c> variable, runs no hooks, asks nobody for a password, speaks four protocols
/// (so neither <c>ext::</c> nor local paths), and never writes a work tree.
/// </summary>
/// <param name="repository">The folder of a bare repository of ours.</param>
/// <param name="remote">What it is read from: its header goes with every request to that server, its agent signs.</param>
internal sealed class GitProgram(string repository, SourceOptions options, GitRemote remote)
{
    private const int MaxOutput = 64 << 20;
    private const int MaxComplaint = 8 << 10;

    private static readonly string[] Kept =
    [
        "PATH", "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "TMPDIR",
    ];

    private static readonly string[] Settings =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "credential.helper=", "-c", "gc.auto=0",
        "-c", "maintenance.auto=false", "-c", "http.lowSpeedLimit=1", "-c", "pack.threads=1", "-c", "repack.writeBitmaps=false",
        "-c", "tar.umask=0022", "-c", "safe.directory=*", "-c", "init.defaultBranch=builder", "-c", "fetch.recurseSubmodules=no",
    ];

    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(" '\"\\\n\t%");

    public string Repository => repository;

    /// <summary>Runs git and returns what it writes.</summary>
    /// <exception cref="BuilderException"><see cref="SourceErrors.GitFailed"/>, with git's own words.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var output = "";
        await RunAsync(arguments, async (stream, token) => output = await ReadTextAsync(stream, MaxOutput, token), cancellationToken);
        return output;
    }

    /// <summary>Runs git and gives what it writes to a reader, which need not read it to its end.</summary>
    public Task RunAsync(IReadOnlyList<string> arguments, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken) => arguments[0] switch
    {
        "ls-remote" => WatchFor(options.Silence).GuardAsync(token => RunRemotelyAsync(arguments, read, token), cancellationToken),
        "fetch" => WatchFor(options.GitSilence).GuardAsync(token => RunRemotelyAsync(arguments, read, token), cancellationToken),
        _ => RunAsync(arguments, [], read, cancellationToken),
    };

    private GitWatch WatchFor(TimeSpan silence) => new(repository, remote.Shown, options, silence, TimeProvider.System);

    /// <summary>Only what talks to the remote gets what opens it.</summary>
    private async Task RunRemotelyAsync(IReadOnlyList<string> arguments, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        var agent = remote.IsSsh ? await options.SshAgent(cancellationToken) : null;
        try
        {
            await RunAsync(arguments, [.. CredentialsWith(agent)], read, cancellationToken);
        }
        catch (BuilderException e) when (e.Code == SourceErrors.GitFailed && remote.IsSsh && agent is null)
        {
            throw new BuilderException(e.Code, e.Message, "a repository behind ssh may need a key: give an agent with --ssh default, or a key with --ssh default=FILE", inner: e);
        }
    }

    private async Task RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyList<(string Name, string? Value)> credentials, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        using var process = Start(arguments, credentials);
        try
        {
            process.StandardInput.Close();
            var complaint = ReadTailAsync(process.StandardError.BaseStream, cancellationToken);
            var unread = await ReadAllAsync(process.StandardOutput.BaseStream, read, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new BuilderException(SourceErrors.GitFailed, $"git {arguments[0]}: {Readable(await complaint)}");
            }

            unread?.Throw();
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>When git breaks off, its own words explain more than what the reader thinks of the rest: so they come first.</summary>
    private static async Task<ExceptionDispatchInfo?> ReadAllAsync(Stream output, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? failure = null;
        try
        {
            await read(output, cancellationToken);
        }
        catch (BuilderException e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }

        await output.CopyToAsync(Stream.Null, cancellationToken);
        return failure;
    }

    private Process Start(IReadOnlyList<string> arguments, IReadOnlyList<(string Name, string? Value)> credentials)
    {
        var start = new ProcessStartInfo(options.Git)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = repository,
        };
        foreach (var argument in Settings.Concat(["-c", $"http.lowSpeedTime={Math.Max(1, (int)options.Silence.TotalSeconds)}"]).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        var inherited = Kept.Select(name => (name, value: Environment.GetEnvironmentVariable(name))).Where(variable => variable.value is not null).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited.Concat(Fixed()).Concat(credentials))
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw NotInstalled(null);
        }
        catch (Win32Exception e)
        {
            throw NotInstalled(e);
        }
    }

    private IEnumerable<(string Name, string? Value)> Fixed()
    {
        yield return ("GIT_DIR", repository);
        yield return ("HOME", "/nonexistent");
        yield return ("LC_ALL", "C");
        yield return ("GIT_CONFIG_NOSYSTEM", "1");
        yield return ("GIT_CONFIG_SYSTEM", "/dev/null");
        yield return ("GIT_CONFIG_GLOBAL", "/dev/null");
        yield return ("GIT_ATTR_NOSYSTEM", "1");
        yield return ("GIT_TERMINAL_PROMPT", "0");
        yield return ("GIT_ASKPASS", "/bin/false");
        yield return ("GIT_NO_REPLACE_OBJECTS", "1");
        yield return ("GIT_OPTIONAL_LOCKS", "0");
        yield return ("GIT_ALLOW_PROTOCOL", "http:https:git:ssh");
        yield return ("GIT_PROTOCOL_FROM_USER", "0");
        yield return ("GIT_SSH_COMMAND", SshCommand());
    }

    private IEnumerable<(string Name, string? Value)> CredentialsWith(string? agent)
    {
        if (agent is not null)
        {
            yield return ("SSH_AUTH_SOCK", agent);
        }

        if (remote.Authorization(options.Secret) is { } header)
        {
            // Not on the command line, where every user of the machine could read it.
            yield return ("GIT_CONFIG_COUNT", "1");
            yield return ("GIT_CONFIG_KEY_0", $"http.{header.Url}.extraHeader");
            yield return ("GIT_CONFIG_VALUE_0", "Authorization: " + header.Header);
        }
    }

    /// <summary>
    /// A host that is known has to show its known key; one that is not is taken as it is, for this build only. Keys come from
    /// the agent alone: a Dockerfile may not make use of those that lie about in the user's home.
    /// </summary>
    private string SshCommand()
    {
        var files = new[] { Path.Combine(repository, "known_hosts"), Environment.GetEnvironmentVariable("HOME") + "/.ssh/known_hosts" }
            .Where(file => !file.AsSpan().ContainsAny(NeedsQuotes));
        return $"ssh -F /dev/null -o BatchMode=yes -o IdentityFile=none -o ConnectTimeout={(int)options.ConnectTimeout.TotalSeconds} -o StrictHostKeyChecking=accept-new -o 'UserKnownHostsFile={string.Join(' ', files)}'";
    }

    private static BuilderException NotInstalled(Exception? inner) => new(
        SourceErrors.NoGit, "the program git is needed to read a repository, and is not installed", "install git, or give a folder or an archive instead", inner: inner);

    private static async Task<string> ReadTextAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int count; (count = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            text.Write(buffer, 0, count);
            if (text.Length > limit)
            {
                throw new BuilderException(SourceErrors.GitFailed, $"a repository's list has more than the {limit} bytes that are read");
            }
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static async Task<string> ReadTailAsync(Stream stream, CancellationToken cancellationToken)
    {
        var tail = "";
        var buffer = new byte[4096];
        for (int count; (count = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            tail += Encoding.UTF8.GetString(buffer, 0, count);
            tail = tail.Length > MaxComplaint ? tail[^MaxComplaint..] : tail;
        }

        return tail;
    }

    /// <summary>What a server says goes to a terminal: no control characters, one line, no passwords.</summary>
    private static string Readable(string complaint)
    {
        var lines = complaint.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => string.Concat(line.Where(c => !char.IsControl(c)))).Where(line => line.Length > 0).TakeLast(4);
        var text = string.Join("; ", lines);
        return text.Length == 0 ? "failed without a word" : text;
    }
}
