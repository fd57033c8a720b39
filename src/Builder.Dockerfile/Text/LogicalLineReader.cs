using System.Collections.Immutable;
using System.Text;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Tree;

namespace Builder.Dockerfile.Text;

/// <summary>
/// Cuts a file into logical lines: collects comments, skips blank lines, joins continuations. Only the caller knows
/// which lines open here-documents, and asks for their bodies before it asks for the next line. Linear in the text, and
/// no line is too long.
/// </summary>
/// <param name="position">Where to begin: behind the byte order mark and the directives.</param>
/// <param name="recorder">Notes every character, for those who want a tree; null for those who want instructions only.</param>
internal sealed class LogicalLineReader(SourceText source, char escape, int position, TokenRecorder? recorder = null)
{
    private readonly string text = source.Text;
    private int position = position;

    public TokenRecorder? Recorder => recorder;

    /// <summary>The next line with an instruction on it; null at the end of the file.</summary>
    public LogicalLine? Read()
    {
        var comments = ImmutableArray.CreateBuilder<Word>();
        while (TryReadPhysical(out var line))
        {
            if (line.IsComment(text))
            {
                Collect(comments, line);
                recorder?.AddWhole(line);
                recorder?.EndNode(NodeKind.Comment);
            }
            else if (line.IsBlank(text))
            {
                recorder?.AddWhole(line);
                recorder?.EndNode(NodeKind.Blank);
            }
            else if (Join(line, comments) is var joined && !string.IsNullOrWhiteSpace(joined.Text))
            {
                return joined;
            }
            else
            {
                recorder?.EndBlank(joined);
            }
        }

        return null;
    }

    /// <summary>The raw lines up to one that equals the delimiter; null when there is no such line.</summary>
    /// <param name="stripTabs">Whether tabs in front of the delimiter do not count.</param>
    /// <param name="toTheEnd">Whether all that is left is the body when there is no such line; else nothing is read then.</param>
    public SourceSpan? ReadHeredocBody(string delimiter, bool stripTabs, bool toTheEnd = true)
    {
        var start = position;
        while (TryReadPhysical(out var line))
        {
            var candidate = line.Of(text);
            if ((stripTabs ? candidate.TrimStart('\t') : candidate).SequenceEqual(delimiter))
            {
                LastLineEnd = line.End;
                recorder?.Add(TokenKind.HeredocBody, start, line.Start);
                recorder?.Add(TokenKind.HeredocEnd, line.Start, line.End);
                recorder?.AddLineEnd(line);
                return source.Span(start, line.Start - start);
            }
        }

        position = toTheEnd ? position : start;
        recorder?.Add(TokenKind.HeredocBody, start, position);
        return null;
    }

    /// <summary>Where the last line of the last instruction or here-document ended.</summary>
    public int LastLineEnd { get; private set; }

    private bool TryReadPhysical(out PhysicalLine line)
    {
        if (position == text.Length)
        {
            line = default;
            return false;
        }

        line = PhysicalLine.At(text, position);
        position = line.Next;
        return true;
    }

    private void Collect(ImmutableArray<Word>.Builder comments, PhysicalLine line)
    {
        var content = text.AsSpan(line.Indent(text) + 1, line.End - line.Indent(text) - 1).TrimStart();
        if (content.IsEmpty)
        {
            comments.Clear();
            return;
        }

        comments.Add(new Word(content.ToString(), source.Span(line.End - content.Length, content.Length)));
    }

    private LogicalLine Join(PhysicalLine first, ImmutableArray<Word>.Builder comments)
    {
        var line = first with { Start = first.Indent(text) };
        var pieces = ImmutableArray.CreateBuilder<LinePiece>(1);
        pieces.Add(new LinePiece(0, line.Start));
        LastLineEnd = line.End;
        recorder?.AddIndent(first);
        if (!Continues(line, out var end))
        {
            recorder?.AddLineEnd(line);
            return new LogicalLine(source, text[line.Start..end], pieces.MoveToImmutable(), line.End, comments.DrainToImmutable(), null);
        }

        NoteContinuation(line, end);
        var joined = new StringBuilder().Append(text, line.Start, end - line.Start);
        SourceSpan? empty = null;
        var continues = true;
        while (continues && TryReadPhysical(out line))
        {
            if (line.IsComment(text))
            {
                recorder?.AddWhole(line);
                continue;
            }

            if (line.IsBlank(text))
            {
                recorder?.AddWhole(line);
                empty ??= source.Span(line.Start, 0);
                continue;
            }

            continues = Continues(line, out end);
            NoteContinuation(line, end);
            if (end > line.Start)
            {
                pieces.Add(new LinePiece(joined.Length, line.Start));
            }

            joined.Append(text, line.Start, end - line.Start);
            LastLineEnd = line.End;
        }

        return new LogicalLine(source, joined.ToString(), pieces.DrainToImmutable(), LastLineEnd, comments.DrainToImmutable(), empty);
    }

    /// <summary>What stands behind a line's content.</summary>
    private void NoteContinuation(PhysicalLine line, int end)
    {
        var escaped = Math.Min(end + 1, line.End);
        recorder?.Add(TokenKind.Continuation, end, escaped);
        recorder?.Add(TokenKind.Whitespace, escaped, line.End);
        recorder?.AddLineEnd(line);
    }

    /// <summary>
    /// Whether the line ends in one escape character, blanks behind it ignored; two of them are an escaped escape.
    /// </summary>
    /// <param name="end">Where the line's content ends: before that escape character.</param>
    private bool Continues(PhysicalLine line, out int end)
    {
        end = line.Start + line.Of(text).TrimEnd(" \t").Length - 1;
        if (end >= line.Start && text[end] == escape && (end == line.Start || text[end - 1] != escape))
        {
            return true;
        }

        end = line.End;
        return false;
    }
}
