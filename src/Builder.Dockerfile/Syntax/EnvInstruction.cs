using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary><c>ENV K=V…</c>, or <c>ENV K V</c> which sets one variable to the rest of the line.</summary>
public sealed record EnvInstruction(InstructionHeader Header, ImmutableArray<KeyValue> Pairs) : Instruction(Header)
{
    /// <summary>Written as key, blank, value.</summary>
    public bool IsLegacyForm { get; init; }
}

/// <summary>A key and its value, both to be expanded.</summary>
public sealed record KeyValue(Word Key, Word Value);
