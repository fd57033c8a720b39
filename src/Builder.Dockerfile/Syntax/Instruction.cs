using System.Collections.Immutable;
using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>One instruction of a Dockerfile. The hierarchy is closed: eighteen sealed records derive from it.</summary>
public abstract record Instruction
{
    private protected Instruction(InstructionHeader header) => Header = header;

    public InstructionHeader Header { get; }

    /// <summary>The keyword in upper case, such as <c>RUN</c>.</summary>
    public string Name => Header.Name;

    /// <summary>From the keyword to the last character of its last continuation line or here-document.</summary>
    public SourceSpan Span => Header.Span;

    /// <summary>The comments directly above it.</summary>
    public ImmutableArray<Word> Comments => Header.Comments;

    /// <summary>The joined line as it was written, without here-document bodies; what a progress display shows.</summary>
    public string Code => Header.Code;
}
