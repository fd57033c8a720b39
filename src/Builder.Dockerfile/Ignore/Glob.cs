namespace Builder.Dockerfile.Ignore;

/// <summary>
/// The wildcards of COPY and ADD sources: Go's <c>filepath.Match</c> (<c>*</c>, <c>?</c>, <c>[set]</c>, <c>\c</c>), one
/// path component at a time.
/// </summary>
public sealed class Glob
{
    /// <summary>Whether a path needs matching at all.</summary>
    public static bool HasWildcards(string path) => throw new NotSupportedException();

    /// <exception cref="DockerfileException">The pattern is malformed.</exception>
    public static Glob Parse(string component) => throw new NotSupportedException();

    /// <summary>Whether the pattern matches the whole name.</summary>
    public bool IsMatch(string name) => throw new NotSupportedException();
}
