using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Text;

/// <summary>
/// A line after its continuations were joined, which still knows where in the file each character came from.
/// </summary>
/// <param name="Text">The joined text; nothing was inserted at the joints.</param>
/// <param name="Pieces">Where the stretches of <paramref name="Text"/> begin, in it and in the file; ascending.</param>
/// <param name="End">The offset in the file behind its last line, without line end.</param>
/// <param name="EmptyContinuation">The first blank line between its physical lines.</param>
internal sealed record LogicalLine(
    SourceText Source,
    string Text,
    ImmutableArray<LinePiece> Pieces,
    int End,
    ImmutableArray<Word> Comments,
    SourceSpan? EmptyContinuation)
{
    public int Start => Pieces[0].SourceStart;

    public SourceSpan Span => Source.Span(Start, End - Start);

    public Word Word(int start, int end) => new(Text[start..end], SpanOf(start, end));

    /// <summary>From the first to the last character of a stretch of the joined text, as they stand in the file.</summary>
    public SourceSpan SpanOf(int start, int end)
    {
        var first = SourceOffset(start);
        var last = end > start ? SourceOffset(end - 1) + 1 : first;
        return Source.Span(first, last - first);
    }

    private int SourceOffset(int offset)
    {
        var (low, high) = (0, Pieces.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Pieces[middle].TextStart <= offset ? (middle, high) : (low, middle - 1);
        }

        return Pieces[low].SourceStart + (offset - Pieces[low].TextStart);
    }
}

/// <summary>Where a stretch of a joined line begins, in the joined text and in the file.</summary>
internal readonly record struct LinePiece(int TextStart, int SourceStart);
