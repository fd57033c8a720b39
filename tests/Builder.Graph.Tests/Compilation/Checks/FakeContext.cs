using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using Builder.Graph.Compilation;

namespace Builder.Graph.Tests.Compilation.Checks;

/// <summary>A build context of a few names.</summary>
internal sealed class FakeContext(string? ignoreFile, params string[] files) : IContextView
{
    public IgnorePatternSet? Ignored { get; } = ignoreFile is null ? null : IgnorePatternSet.Parse(new SourceText(".dockerignore", ignoreFile));

    public bool HasMatch(string pattern, bool parents) => parents
        ? files.Any(IgnorePatternSet.Create([pattern[1..]]).IsIgnored)
        : files.Any(file => Glob.Parse(pattern[1..]).IsMatch(file));
}
