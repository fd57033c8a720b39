namespace Builder.Dockerfile.Syntax;

/// <summary><c>CMD TEXT</c> or <c>CMD ["exe","argument"…]</c>.</summary>
public sealed record CmdInstruction(InstructionHeader Header, CommandLine Command) : Instruction(Header);
