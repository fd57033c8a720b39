namespace Builder.Dockerfile.Syntax;

/// <summary><c>STOPSIGNAL SIGNAL</c>, to be expanded.</summary>
public sealed record StopSignalInstruction(InstructionHeader Header, Word Signal) : Instruction(Header);
