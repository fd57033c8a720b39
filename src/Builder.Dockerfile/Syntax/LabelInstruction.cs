using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary><c>LABEL K=V…</c>, or <c>LABEL K V</c>; the last of equal keys wins.</summary>
public sealed record LabelInstruction(InstructionHeader Header, ImmutableArray<KeyValue> Pairs) : Instruction(Header)
{
    /// <summary>Written as key, blank, value.</summary>
    public bool IsLegacyForm { get; init; }
}
