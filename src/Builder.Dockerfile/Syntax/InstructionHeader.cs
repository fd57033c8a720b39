using System.Collections.Immutable;
using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>What every instruction has, whatever its arguments are.</summary>
/// <param name="Keyword">The keyword in the case it was written in.</param>
/// <param name="Code">The joined logical line, trimmed, without here-document bodies.</param>
/// <param name="Span">The whole instruction, here-documents included.</param>
/// <param name="Comments">
/// The comments above it, each without its <c>#</c> and one run of blanks; a bare <c>#</c> starts the collection anew.
/// </param>
public sealed record InstructionHeader(Word Keyword, string Code, SourceSpan Span, ImmutableArray<Word> Comments)
{
    public string Name { get; } = Keyword.Text.ToUpperInvariant();

    /// <summary>The first blank line among its continuations; some day such a line will end an instruction.</summary>
    public SourceSpan? EmptyContinuation { get; init; }
}
