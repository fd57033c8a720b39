using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary><c>VOLUME PATH…</c> or its JSON form; each path to be expanded.</summary>
public sealed record VolumeInstruction(InstructionHeader Header, ImmutableArray<Word> Paths) : Instruction(Header);
