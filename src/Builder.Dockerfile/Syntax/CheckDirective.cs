using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary><c># check=skip=…;experimental=…;error=…</c>: which findings matter.</summary>
public sealed record CheckDirective(
    bool SkipAll, ImmutableArray<string> Skip, bool ExperimentalAll, ImmutableArray<string> Experimental, bool Error)
{
    public static CheckDirective None { get; } = new(false, [], false, [], false);

    public bool Skips(string rule) => SkipAll || Skip.Contains(rule, StringComparer.OrdinalIgnoreCase);
}
