using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary><c>SHELL ["exe","argument"…]</c>: what runs the shell forms that follow.</summary>
public sealed record ShellInstruction(InstructionHeader Header, ImmutableArray<Word> Arguments) : Instruction(Header);
