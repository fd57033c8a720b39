using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>A stage that the target needs, with everything resolved that it refers to.</summary>
/// <param name="Platform">What its FROM says; null: that of the stage it starts from, else the target platform.</param>
/// <param name="IsReplaced">A named context took its place: <paramref name="Base"/> is all there is.</param>
/// <param name="Instructions">The triggers of the base, then the stage's own.</param>
/// <param name="References">What stands in <c>--from</c> and in mounts, and what it means here.</param>
internal sealed record StagePlan(
    StageSyntax Syntax, Platform? Platform, Origin Base, bool IsReplaced,
    IReadOnlyList<PlannedInstruction> Instructions, IReadOnlyDictionary<StageReference, Origin> References)
{
    /// <summary>The names of the variables in <c>--from</c> and in mounts.</summary>
    public IReadOnlySet<string> FromVariables { get; init; } = new HashSet<string>();

    /// <summary>A stage that is nothing but what it starts from, or that cannot start.</summary>
    public static StagePlan Bare(StageSyntax syntax, Platform? platform, Origin origin) =>
        new(syntax, platform, origin, false, [], new Dictionary<StageReference, Origin>());

    public string Label => Syntax.Name ?? $"stage-{Syntax.Index}";
}

/// <summary>An instruction and the escape character of the text it comes from.</summary>
internal readonly record struct PlannedInstruction(Instruction Instruction, char Escape);
