namespace Builder.Dockerfile.Syntax;

/// <summary><c>ENTRYPOINT TEXT</c> or <c>ENTRYPOINT ["exe","argument"…]</c>.</summary>
public sealed record EntrypointInstruction(InstructionHeader Header, CommandLine Command) : Instruction(Header);
