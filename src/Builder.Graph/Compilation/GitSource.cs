using System.Text.RegularExpressions;
using Builder.Diagnostics;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>
/// The git URLs that ADD takes: <c>git://</c>, <c>ssh://</c>, <c>user@host:path</c> and <c>https://….git</c>, with
/// <c>#ref[:subdir]</c> or a query that says the same by name.
/// </summary>
internal static partial class GitSource
{
    public static bool IsRepository(string source)
    {
        var bare = source.AsSpan()[..EndOfUrl(source)];
        return source.StartsWith("git://", StringComparison.Ordinal) || source.StartsWith("ssh://", StringComparison.Ordinal)
            || ScpForm().IsMatch(source)
            || (HttpSource.IsUrl(source) && bare.EndsWith(".git", StringComparison.Ordinal));
    }

    /// <param name="keepGitDirectory">What the instruction says; the query may say it as well.</param>
    /// <exception cref="BuilderException">A query that is unknown or contradicts the rest; <see cref="GraphErrors.InvalidSource"/>.</exception>
    public static GitOperation Parse(string source, bool keepGitDirectory, string? checksum, SourceSpan? span)
    {
        var end = EndOfUrl(source);
        var rest = source[end..];
        var hash = rest.IndexOf('#', StringComparison.Ordinal);
        var fragment = hash < 0 ? "" : rest[(hash + 1)..];
        var query = GitQuery.Parse(hash < 0 ? rest : rest[..hash], span);

        var colon = fragment.IndexOf(':', StringComparison.Ordinal);
        var reference = NullIfEmpty(colon < 0 ? fragment : fragment[..colon]);
        var subdirectory = NullIfEmpty(colon < 0 ? "" : fragment[(colon + 1)..]);
        if (keepGitDirectory && query.KeepGitDirectory == false)
        {
            throw Invalid("inconsistent keep-git-dir configuration", span);
        }

        return new GitOperation(
            source[..end],
            Agreed(reference, query.Reference, "ref conflicts", span),
            Agreed(subdirectory, query.Subdirectory, "subdir conflicts", span) is { } path ? GuestPath.Clean(path) : null)
        {
            KeepGitDirectory = query.KeepGitDirectory ?? keepGitDirectory,
            Submodules = query.Submodules ?? true,
            Checksum = Agreed(checksum, query.Checksum, "checksum mismatch", span),
        };
    }

    internal static BuilderException Invalid(string message, SourceSpan? span) => new(GraphErrors.InvalidSource, message, span: span);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string? Agreed(string? one, string? other, string complaint, SourceSpan? span) =>
        one is null || other is null || one == other ? one ?? other : throw Invalid(complaint, span);

    private static int EndOfUrl(string source)
    {
        var end = source.AsSpan().IndexOfAny('?', '#');
        return end < 0 ? source.Length : end;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:.+", RegexOptions.CultureInvariant)]
    private static partial Regex ScpForm();
}
