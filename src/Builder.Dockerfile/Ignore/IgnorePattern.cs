using System.Collections.Immutable;
using Builder.Diagnostics;

namespace Builder.Dockerfile.Ignore;

/// <summary>One line of an ignore file.</summary>
internal sealed class IgnorePattern
{
    private readonly string pattern;
    private readonly ImmutableArray<GlobToken> tokens;
    private readonly Form form;

    private IgnorePattern(string pattern, bool isException, SourceSpan? span)
    {
        this.pattern = pattern;
        IsException = isException;
        tokens = GlobToken.Parse(pattern, doubleStars: true, span);
        form = FormOf(tokens, pattern);
    }

    /// <summary>Two stars next to plain text look at characters only, even inside a component; elsewhere they stand for directories.</summary>
    private enum Form
    {
        Exact,
        Prefix,
        Suffix,
        Wildcards,
    }

    /// <summary>Cleaned, without the mark of an exception.</summary>
    public string Text => pattern;

    /// <summary>Whether what it matches is included again.</summary>
    public bool IsException { get; }

    /// <param name="text">A line without blanks around it; not empty.</param>
    /// <exception cref="DockerfileException">The pattern is malformed.</exception>
    public static IgnorePattern Parse(string text, SourceSpan? span)
    {
        var isException = text[0] == '!';
        var pattern = isException ? text[1..].Trim() : text;
        if (pattern.Length == 0)
        {
            throw new DockerfileException(DockerfileErrors.InvalidPattern, $"illegal exclusion pattern: \"{text}\"", span: span);
        }

        var cleaned = RelativePath.Clean(pattern);
        return new IgnorePattern(cleaned.Length > 1 && cleaned[0] == '/' ? cleaned[1..] : cleaned, isException, span);
    }

    /// <summary>Whether it matches the path or a directory above it.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        if (MatchesItself(path))
        {
            return true;
        }

        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path[..slash].LastIndexOf('/'))
        {
            if (MatchesItself(path[..slash]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether it could match something below a directory that it does not match itself. Says yes in doubt.
    /// </summary>
    public bool MayMatchBelow(string directory)
    {
        var patterns = pattern.Split('/');
        var names = directory.Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            if (i == patterns.Length)
            {
                return false;
            }

            // Two stars take any number of names; a set or an escape may hold the very slash that was split at.
            if (patterns[i].Contains("**", StringComparison.Ordinal) || patterns[i].AsSpan().IndexOfAny('[', '\\') >= 0)
            {
                return true;
            }

            if (!Glob.Parse(patterns[i]).IsMatch(names[i]))
            {
                return false;
            }
        }

        return patterns.Length > names.Length;
    }

    private bool MatchesItself(ReadOnlySpan<char> path) => form switch
    {
        Form.Exact => path.SequenceEqual(pattern),
        Form.Prefix => path.StartsWith(pattern.AsSpan()[..^2]),
        Form.Suffix => path.EndsWith(pattern.AsSpan(2)) || (pattern.StartsWith("**/", StringComparison.Ordinal) && path.SequenceEqual(pattern.AsSpan(3))),
        _ => PathMatcher.IsMatch(tokens, path),
    };

    private static Form FormOf(ImmutableArray<GlobToken> tokens, string pattern)
    {
        var special = tokens.Count(token => token.Kind != GlobTokenKind.Literal);
        if (pattern.Contains('\\', StringComparison.Ordinal) || special > 1)
        {
            return Form.Wildcards;
        }

        return special == 0 ? Form.Exact
            : pattern.StartsWith("**", StringComparison.Ordinal) ? Form.Suffix
            : pattern.EndsWith("**", StringComparison.Ordinal) ? Form.Prefix
            : Form.Wildcards;
    }
}
