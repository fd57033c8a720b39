using System.Collections.Immutable;
using Builder.Dockerfile.Checks;

namespace Builder.Dockerfile.Syntax;

/// <summary><c># check=skip=…;experimental=…;error=…</c>: which findings matter.</summary>
public sealed record CheckDirective(
    bool SkipAll, ImmutableArray<string> Skip, bool ExperimentalAll, ImmutableArray<string> Experimental, bool Error)
{
    public static CheckDirective None { get; } = new(false, [], false, [], false);

    /// <summary>
    /// Whether findings of a check matter. <c>skip=all</c> does not silence an experimental one that somebody asked for.
    /// </summary>
    /// <param name="ofInstruction">What a comment above the instruction adds.</param>
    public bool Accepts(CheckRule rule, CheckDirective ofInstruction)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(ofInstruction);
        var isOn = rule.IsExperimental ? AsksFor(rule) || ofInstruction.AsksFor(rule) : !SkipAll && !ofInstruction.SkipAll;
        return isOn && !Names(Skip, rule) && !Names(ofInstruction.Skip, rule);
    }

    private bool AsksFor(CheckRule rule) => ExperimentalAll || Names(Experimental, rule);

    private static bool Names(ImmutableArray<string> names, CheckRule rule) => names.Contains(rule.Name, StringComparer.OrdinalIgnoreCase);
}
