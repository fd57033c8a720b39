using Builder.Diagnostics;

namespace Builder.Dockerfile.Ignore;

/// <summary>
/// The patterns of a <c>.dockerignore</c> file or of <c>--exclude</c>; the last one that matches a path or one of its
/// parent directories decides.
/// </summary>
public sealed class IgnorePatternSet
{
    /// <summary>Reads an ignore file: one pattern a line, <c>#</c> in the first column a comment, <c>!</c> an exception.</summary>
    /// <exception cref="DockerfileException">A pattern is malformed.</exception>
    public static IgnorePatternSet Parse(SourceText source) => throw new NotSupportedException();

    /// <summary>The patterns of <c>--exclude</c> flags.</summary>
    public static IgnorePatternSet Create(IEnumerable<string> patterns) => throw new NotSupportedException();

    /// <summary>Whether there is nothing to exclude.</summary>
    public bool IsEmpty => throw new NotSupportedException();

    /// <summary>Whether any pattern is an exception (<c>!</c>).</summary>
    public bool HasExceptions => throw new NotSupportedException();

    /// <summary>Whether a path is excluded: relative to the root, <c>/</c> between its components, no leading slash.</summary>
    public bool IsIgnored(string path) => throw new NotSupportedException();

    /// <summary>Whether an excluded directory may hold something included, so that a walker has to look inside.</summary>
    public bool MayHoldIncluded(string ignoredDirectory) => throw new NotSupportedException();
}
