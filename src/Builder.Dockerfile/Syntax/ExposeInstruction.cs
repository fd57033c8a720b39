using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary>
/// <c>EXPOSE PORT[-END][/PROTOCOL]…</c>; each to be expanded and then split at blanks. In the order of their text, which
/// is the order the history shows them in.
/// </summary>
public sealed record ExposeInstruction(InstructionHeader Header, ImmutableArray<Word> Ports) : Instruction(Header);
