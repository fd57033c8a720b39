using System.Buffers;
using Builder.Diagnostics;

namespace Builder.Engine.Sources.Git;

/// <summary>A branch, tag or commit of a remote repository, found.</summary>
/// <param name="Name">What the remote calls it (<c>refs/heads/main</c>, <c>HEAD</c>); null when it was given as a commit.</param>
/// <param name="Object">What the name stands for: a commit, or an annotated tag.</param>
/// <param name="Commit">The commit.</param>
internal sealed record GitReference(string? Name, string Object, string Commit)
{
    private static readonly SearchValues<char> NeverInNames = SearchValues.Create(" ~^:?*[\\");

    /// <summary>Asks the remote. A commit needs no asking; a name that is both is the branch.</summary>
    /// <exception cref="BuilderException"><see cref="SourceErrors.NoSuchReference"/>, <see cref="SourceErrors.GitFailed"/>.</exception>
    public static async Task<GitReference> FindAsync(GitProgram git, GitRemote remote, string? reference, CancellationToken cancellationToken)
    {
        if (reference is not null && IsCommit(reference))
        {
            return new GitReference(null, reference, reference);
        }

        var name = reference ?? "HEAD";
        Check(name);
        string[] candidates = reference is null ? ["HEAD"]
            : name.StartsWith("refs/", StringComparison.Ordinal) ? [name]
            : ["refs/heads/" + name, "refs/tags/" + name];
        var found = await ListAsync(git, remote, [.. candidates.SelectMany(candidate => new[] { candidate, candidate + "^{}" })], cancellationToken);
        var chosen = Array.Find(candidates, found.ContainsKey) ?? throw new BuilderException(
            SourceErrors.NoSuchReference,
            reference is null ? $"the repository {remote.Shown} is empty" : $"the repository {remote.Shown} has no branch or tag '{reference}'",
            "commits are given in full, as 40 hexadecimal digits");
        return new GitReference(chosen, found[chosen], found.GetValueOrDefault(chosen + "^{}") ?? found[chosen]);
    }

    public static bool IsCommit(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The rules of <c>git check-ref-format</c>, as far as they keep a name from being something else.</summary>
    private static void Check(string name)
    {
        if (name.StartsWith('-') || name.AsSpan().ContainsAny(NeverInNames) || name.Any(char.IsControl)
            || name.Contains("..", StringComparison.Ordinal) || name.Contains("@{", StringComparison.Ordinal) || name.EndsWith('/') || name.StartsWith('/'))
        {
            throw new BuilderException(SourceErrors.NoSuchReference, $"'{name}' cannot be the name of a branch or tag");
        }
    }

    private static async Task<Dictionary<string, string>> ListAsync(GitProgram git, GitRemote remote, string[] names, CancellationToken cancellationToken)
    {
        var output = await git.RunAsync(["ls-remote", "--quiet", "--", remote.Url, .. names], cancellationToken);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n'))
        {
            // Patterns match the ends of names, so that others come along.
            if (line.Split('\t') is [var id, var name] && IsCommit(id) && names.Contains(name))
            {
                found[name] = id;
            }
        }

        return found;
    }
}
