using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>A stage that the target needs, with everything resolved that it refers to.</summary>
/// <param name="Platform">What its FROM says; null: that of the stage it starts from, else the target platform.</param>
/// <param name="IsReplaced">A named context took its place: <paramref name="Base"/> is all there is.</param>
/// <param name="Instructions">The triggers of the base, then the stage's own.</param>
/// <param name="References">What the names in <c>--from</c> and in mounts mean here.</param>
internal sealed record StagePlan(
    StageSyntax Syntax, Platform? Platform, Origin Base, bool IsReplaced,
    IReadOnlyList<PlannedInstruction> Instructions, IReadOnlyDictionary<StageReference, Origin> References)
{
    public string Label => Syntax.Name ?? $"stage-{Syntax.Index}";
}

/// <summary>An instruction and the escape character of the text it comes from.</summary>
internal readonly record struct PlannedInstruction(Instruction Instruction, char Escape);
