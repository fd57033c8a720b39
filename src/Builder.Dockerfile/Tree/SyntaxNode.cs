using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tree;

/// <summary>What a node of the tree stands for.</summary>
public enum NodeKind
{
    /// <summary>The byte order mark.</summary>
    ByteOrderMark,

    /// <summary>A line of the run of <c># name=value</c> at the top.</summary>
    Directive,

    /// <summary>A comment between instructions.</summary>
    Comment,

    /// <summary>A line of nothing but blanks, or lone escape characters that continue nothing.</summary>
    Blank,

    /// <summary>An instruction with its continuation lines, the comments between those, and its here-documents.</summary>
    Instruction,

    /// <summary>An instruction with an error; its tokens reach as far as the grammar did.</summary>
    Invalid,
}

/// <summary>Whole lines that belong together.</summary>
/// <param name="Tokens">At least one; the last is a <see cref="TokenKind.LineEnd"/> unless the file ends without one.</param>
/// <param name="Instruction">What the lines mean, for <see cref="NodeKind.Instruction"/> and no other.</param>
public sealed record SyntaxNode(NodeKind Kind, ImmutableArray<SyntaxToken> Tokens, Instruction? Instruction)
{
    public int Start => Tokens[0].Start;

    public int End => Tokens[^1].End;

    /// <summary>Where the node stands in <paramref name="source"/>, the text that its tree was made of.</summary>
    public SourceSpan SpanIn(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Span(Start, End - Start);
    }
}
