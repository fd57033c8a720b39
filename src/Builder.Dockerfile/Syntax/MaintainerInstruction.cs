namespace Builder.Dockerfile.Syntax;

/// <summary><c>MAINTAINER NAME</c>, superseded by a label.</summary>
public sealed record MaintainerInstruction(InstructionHeader Header, Word Author) : Instruction(Header);
