using System.Collections.Immutable;
using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;

namespace Builder.Dockerfile.Tree;

/// <summary>
/// Takes notes while a file is read, and makes nodes of them. The line reader notes what holds lines together, in
/// offsets of the file (<see cref="Add"/>); the grammars note what they recognise, in offsets of the joined line
/// (<see cref="Mark"/>). <see cref="LineWeaver"/> brings both together when an instruction is complete.
/// </summary>
internal sealed class TokenRecorder(string text)
{
    private readonly ImmutableArray<SyntaxNode>.Builder nodes = ImmutableArray.CreateBuilder<SyntaxNode>();
    private readonly List<SyntaxToken> layout = [];
    private readonly List<LineMark> marks = [];
    private Token? rest;
    private bool restIsJson;

    public ImmutableArray<SyntaxNode> Nodes => nodes.ToImmutable();

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        nodes.Clear();
        ForgetLine();
    }

    /// <summary>A stretch of the file that is no content of an instruction's line.</summary>
    public void Add(TokenKind kind, int start, int end)
    {
        if (end > start)
        {
            layout.Add(new SyntaxToken(kind, start, end));
        }
    }

    /// <summary>The blanks before a line's content.</summary>
    public void AddIndent(PhysicalLine line) => Add(TokenKind.Whitespace, line.Start, line.Indent(text));

    public void AddLineEnd(PhysicalLine line) => Add(TokenKind.LineEnd, line.End, line.Next);

    /// <summary>A comment or blank line, complete.</summary>
    public void AddWhole(PhysicalLine line)
    {
        AddIndent(line);
        Add(TokenKind.Comment, line.Indent(text), line.End);
        AddLineEnd(line);
    }

    /// <summary>A line of the run at the top.</summary>
    public void AddDirective(PhysicalLine line, (Token Name, Token Value) directive)
    {
        var (name, value) = directive;
        AddPunctuated(line.Start, name.Start);
        Add(TokenKind.DirectiveName, name.Start, name.End);
        AddPunctuated(name.End, value.Start);
        Add(TokenKind.DirectiveValue, value.Start, value.End);
        Add(TokenKind.Whitespace, value.End, line.End);
        AddLineEnd(line);
        EndNode(NodeKind.Directive);
    }

    /// <summary>What a grammar has found in the current line.</summary>
    public void Mark(TokenKind kind, Token place, int priority = 0)
    {
        if (!place.IsEmpty)
        {
            marks.Add(new LineMark(place, kind, priority));
        }
    }

    /// <summary>The arguments are one text, or one JSON array, but for what is marked in them.</summary>
    public void MarkRest(Token place, bool isJson) => (rest, restIsJson) = (place, isJson);

    /// <summary>What was found from an offset on was a mistake.</summary>
    public void Unmark(int from) => marks.RemoveAll(mark => mark.Place.Start >= from);

    /// <summary>The lines noted so far are one node.</summary>
    public void EndNode(NodeKind kind)
    {
        if (layout.Count > 0)
        {
            nodes.Add(new SyntaxNode(kind, [.. layout], null));
        }

        ForgetLine();
    }

    /// <summary>The lines noted so far are escape characters that continue nothing.</summary>
    public void EndBlank(LogicalLine line)
    {
        var tokens = new LineWeaver(line, [], null, false).Weave(layout);
        nodes.Add(new SyntaxNode(NodeKind.Blank, tokens, null));
        ForgetLine();
    }

    /// <summary>The lines noted so far are one instruction.</summary>
    /// <param name="instruction">Null when it has an error.</param>
    public void EndNode(LogicalLine line, Instruction? instruction)
    {
        var tokens = new LineWeaver(line, LineMark.Disjoint(marks), rest, restIsJson).Weave(layout);
        nodes.Add(new SyntaxNode(instruction is null ? NodeKind.Invalid : NodeKind.Instruction, tokens, instruction));
        ForgetLine();
    }

    private void ForgetLine()
    {
        layout.Clear();
        marks.Clear();
        (rest, restIsJson) = (null, false);
    }

    private void AddPunctuated(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            var from = i;
            while (i < end && char.IsWhiteSpace(text[i]))
            {
                i++;
            }

            Add(TokenKind.Whitespace, from, i);
            Add(TokenKind.Punctuation, i, Math.Min(i + 1, end));
        }
    }
}

/// <summary>What a grammar has found, in offsets of a joined line.</summary>
internal readonly record struct LineMark(Token Place, TokenKind Kind, int Priority)
{
    /// <summary>In the order of the line, without those that others of a higher priority cover.</summary>
    public static List<LineMark> Disjoint(IEnumerable<LineMark> marks)
    {
        var disjoint = new List<LineMark>();
        foreach (var mark in marks.OrderBy(mark => mark.Place.Start).ThenByDescending(mark => mark.Priority))
        {
            if (disjoint.Count == 0 || disjoint[^1].Place.End <= mark.Place.Start)
            {
                disjoint.Add(mark);
            }
        }

        return disjoint;
    }
}
