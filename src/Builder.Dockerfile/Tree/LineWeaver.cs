using System.Collections.Immutable;
using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Text;

namespace Builder.Dockerfile.Tree;

/// <summary>Puts what a joined line holds back to where it stands in the file, between what held its pieces together.</summary>
/// <param name="rest">The stretch that is one text or, with <paramref name="restIsJson"/>, one array, but for the marks in it.</param>
internal sealed class LineWeaver(LogicalLine line, IReadOnlyList<LineMark> marks, Token? rest, bool restIsJson)
{
    private readonly List<SyntaxToken> tokens = [];
    private int next;

    /// <param name="layout">The tokens around the line's pieces, in the order of the file.</param>
    public ImmutableArray<SyntaxToken> Weave(IReadOnlyList<SyntaxToken> layout)
    {
        for (var i = 0; i < line.Pieces.Length; i++)
        {
            var piece = line.Pieces[i];
            var end = i + 1 < line.Pieces.Length ? line.Pieces[i + 1].TextStart : line.Text.Length;
            AddPiece(piece.TextStart, end, piece.SourceStart - piece.TextStart);
        }

        return Merge(layout);
    }

    private void AddPiece(int start, int end, int offset)
    {
        for (var position = start; position < end;)
        {
            while (next < marks.Count && marks[next].Place.End <= position)
            {
                next++;
            }

            var mark = next < marks.Count && marks[next].Place.Start < end ? marks[next] : default;
            if (mark.Place.IsEmpty || mark.Place.Start > position)
            {
                var stop = mark.Place.IsEmpty ? end : mark.Place.Start;
                AddUnmarked(position, stop, offset);
                position = stop;
            }
            else
            {
                var stop = Math.Min(mark.Place.End, end);
                Add(mark.Kind, position, stop, offset, position > mark.Place.Start);
                position = stop;
            }
        }
    }

    private void AddUnmarked(int start, int end, int offset)
    {
        var (from, to) = rest is { } text ? (Math.Clamp(text.Start, start, end), Math.Clamp(text.End, start, end)) : (end, end);
        AddBetween(start, from, offset);
        if (restIsJson)
        {
            AddJson(from, to, offset);
        }
        else
        {
            Add(TokenKind.Text, from, to, offset, rest is { } whole && from > whole.Start);
        }

        AddBetween(to, end, offset);
    }

    /// <summary>Blanks, and words where a grammar gave up.</summary>
    private void AddBetween(int start, int end, int offset)
    {
        var content = line.Text.AsSpan(start, end - start);
        var from = start + (content.Length - content.TrimStart().Length);
        var to = from + content.Trim().Length;
        Add(TokenKind.Whitespace, start, from, offset);
        Add(TokenKind.Text, from, to, offset);
        Add(TokenKind.Whitespace, to, end, offset);
    }

    private void AddJson(int start, int end, int offset)
    {
        for (var i = start; i < end;)
        {
            var from = i;
            while (i < end && char.IsWhiteSpace(line.Text[i]))
            {
                i++;
            }

            Add(TokenKind.Whitespace, from, i, offset);
            if (i < end)
            {
                Add(TokenKind.Punctuation, i, ++i, offset);
            }
        }
    }

    private void Add(TokenKind kind, int start, int end, int offset, bool continued = false)
    {
        if (end > start)
        {
            tokens.Add(new SyntaxToken(kind, start + offset, end + offset, continued));
        }
    }

    private ImmutableArray<SyntaxToken> Merge(IReadOnlyList<SyntaxToken> layout)
    {
        var all = ImmutableArray.CreateBuilder<SyntaxToken>(layout.Count + tokens.Count);
        var (i, j) = (0, 0);
        while (i < layout.Count || j < tokens.Count)
        {
            all.Add(j == tokens.Count || (i < layout.Count && layout[i].Start < tokens[j].Start) ? layout[i++] : tokens[j++]);
        }

        return all.DrainToImmutable();
    }
}
