namespace Builder.Dockerfile.Syntax;

/// <summary><c>WORKDIR PATH</c>, to be expanded.</summary>
public sealed record WorkdirInstruction(InstructionHeader Header, Word Path) : Instruction(Header);
