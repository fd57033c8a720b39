using Builder.Diagnostics;

namespace Builder.Engine.Sources.Git;

/// <summary>Brings one commit into a bare repository of ours, with as little history as the server lets us.</summary>
internal static class GitFetch
{
    /// <summary>What the fetched commit, or annotated tag, is called in our repository.</summary>
    public const string Local = "refs/builder/source";

    private static readonly string[] Everything = ["+refs/heads/*:refs/builder/heads/*", "+refs/tags/*:refs/builder/tags/*"];

    public static async Task FetchAsync(GitProgram git, GitRemote remote, GitReference reference, CancellationToken cancellationToken)
    {
        var byCommit = $"+{reference.Commit}:{Local}";
        var attempts = new List<string[]>();
        if (reference.Name is { } name)
        {
            attempts.AddRange([["--depth=1", $"+{name}:{Local}"], [$"+{name}:{Local}"]]);
        }

        // A branch may have moved on since it was asked for; old servers give no single commits, and plain file servers nothing shallow.
        attempts.AddRange([["--depth=1", byCommit], [byCommit], Everything]);
        BuilderException? refusal = null;
        foreach (var attempt in attempts)
        {
            try
            {
                var options = attempt.Where(word => word.StartsWith('-'));
                await git.RunAsync(["fetch", "--quiet", "--no-tags", .. options, "--", remote.Url, .. attempt.Except(options)], cancellationToken);
            }
            catch (BuilderException e) when (e.Code == SourceErrors.GitFailed)
            {
                refusal = e;
                continue;
            }

            if (await HasAsync(git, reference.Commit, cancellationToken))
            {
                return;
            }
        }

        throw refusal ?? new BuilderException(SourceErrors.NoSuchReference, $"the repository {remote.Shown} has no commit {reference.Commit}");
    }

    private static async Task<bool> HasAsync(GitProgram git, string commit, CancellationToken cancellationToken)
    {
        try
        {
            var found = await git.RunAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{commit}"], cancellationToken);
            return found.Trim() == commit;
        }
        catch (BuilderException e) when (e.Code == SourceErrors.GitFailed)
        {
            return false;
        }
    }
}
