namespace Builder.Dockerfile.Syntax;

/// <summary><c>USER USER[:GROUP]</c>, to be expanded.</summary>
public sealed record UserInstruction(InstructionHeader Header, Word User) : Instruction(Header);
