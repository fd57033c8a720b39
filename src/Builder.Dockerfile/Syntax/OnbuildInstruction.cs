using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary><c>ONBUILD INSTRUCTION</c>: what a stage that starts from this one does first.</summary>
/// <param name="Trigger">
/// The text of the instruction, here-documents included: what the image's config stores and
/// <see cref="InstructionParser.ParseTrigger(SourceText)"/> reads.
/// </param>
public sealed record OnbuildInstruction(InstructionHeader Header, Word Trigger) : Instruction(Header);
