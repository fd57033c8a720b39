using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Text;

namespace Builder.Dockerfile.Ignore;

/// <summary>
/// The patterns of a <c>.dockerignore</c> file or of <c>--exclude</c>; the last one that matches a path or one of its
/// parent directories decides.
/// </summary>
public sealed class IgnorePatternSet
{
    private readonly ImmutableArray<IgnorePattern> patterns;

    private IgnorePatternSet(ImmutableArray<IgnorePattern> patterns)
    {
        this.patterns = patterns;
        HasExceptions = patterns.Any(pattern => pattern.IsException);
    }

    /// <summary>Excludes nothing.</summary>
    public static IgnorePatternSet None { get; } = new([]);

    /// <summary>Whether there is nothing to exclude.</summary>
    public bool IsEmpty => patterns.IsEmpty;

    /// <summary>Whether any pattern is an exception (<c>!</c>).</summary>
    public bool HasExceptions { get; }

    /// <summary>Whether a pattern takes in everything that lies at the root.</summary>
    public bool IgnoresEverything => patterns.Any(pattern => pattern is { IsException: false, Text: "*" or "**" or "**/*" });

    /// <summary>Reads an ignore file: one pattern a line, <c>#</c> in the first column a comment, <c>!</c> an exception.</summary>
    /// <exception cref="DockerfileException">A pattern is malformed.</exception>
    public static IgnorePatternSet Parse(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var patterns = ImmutableArray.CreateBuilder<IgnorePattern>();
        var text = source.Text;
        var position = text.StartsWith('\uFEFF') ? 1 : 0;
        while (position < text.Length)
        {
            var line = PhysicalLine.At(text, position);
            position = line.Next;
            var trimmed = line.Of(text).Trim();
            if (!trimmed.IsEmpty && text[line.Start] != '#')
            {
                patterns.Add(IgnorePattern.Parse(trimmed.ToString(), source.Span(line.Indent(text), trimmed.Length)));
            }
        }

        return new IgnorePatternSet(patterns.DrainToImmutable());
    }

    /// <summary>The patterns of <c>--exclude</c> flags; blank ones mean nothing.</summary>
    /// <exception cref="DockerfileException">A pattern is malformed; without a place, see <see cref="BuilderException.At"/>.</exception>
    public static IgnorePatternSet Create(IEnumerable<string> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return new IgnorePatternSet(
            [.. patterns.Select(pattern => pattern.Trim()).Where(pattern => pattern.Length > 0).Select(pattern => IgnorePattern.Parse(pattern, null))]);
    }

    /// <summary>Whether a path is excluded: relative to the root, <c>/</c> between its components, no leading slash.</summary>
    public bool IsIgnored(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var ignored = false;
        foreach (var pattern in patterns)
        {
            // A pattern that would decide what is already decided need not be tried.
            if (pattern.IsException == ignored && pattern.Matches(path))
            {
                ignored = !ignored;
            }
        }

        return ignored;
    }

    /// <summary>
    /// Whether an excluded directory may hold something included, so that a walker has to look inside. False is
    /// certain, true is not.
    /// </summary>
    public bool MayHoldIncluded(string ignoredDirectory)
    {
        ArgumentNullException.ThrowIfNull(ignoredDirectory);
        return HasExceptions && patterns.Any(pattern => pattern.IsException && pattern.MayMatchBelow(ignoredDirectory));
    }
}
