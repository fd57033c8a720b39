using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary>A <c>FROM</c> and everything up to the next one.</summary>
/// <param name="Name">In lower case; null for a stage without <c>AS</c>.</param>
/// <param name="Index">Stages count from 0.</param>
/// <param name="Instructions">What follows the <c>FROM</c>.</param>
public sealed record StageSyntax(FromInstruction From, string? Name, int Index, ImmutableArray<Instruction> Instructions);
