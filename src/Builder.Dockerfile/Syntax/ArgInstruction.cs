using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary><c>ARG NAME[=DEFAULT]…</c>, evaluated from left to right.</summary>
public sealed record ArgInstruction(InstructionHeader Header, ImmutableArray<ArgDeclaration> Declarations) : Instruction(Header)
{
    /// <summary>What the comments above say of one of the names; null when they say nothing.</summary>
    public string? DescriptionOf(string name) => Descriptions.Of(Comments, name);
}

/// <summary>One name that an <c>ARG</c> declares. The name is never expanded; a missing default differs from an empty one.</summary>
public sealed record ArgDeclaration(Word Name, Word? Default);
