using System.Text;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Tree;

namespace Builder.Dockerfile.Formatting;

/// <summary>
/// Writes one instruction. Between its parts there is one blank, or a continuation and an indent of four where there was
/// a continuation; inside of a part (a command's text, a trigger, a value) every character may matter, and stays.
/// </summary>
internal sealed class InstructionWriter(SyntaxTree tree, SyntaxNode node, StringBuilder text)
{
    private const string Indent = "    ";

    // A trigger is stored as it was written, so all of it is meaning.
    private readonly bool isTrigger = node.Instruction is OnbuildInstruction;
    private readonly char escape = tree.Dockerfile!.Directives.Escape;
    private readonly List<SyntaxToken> gap = [];
    private TokenKind? before;
    private int parts;

    public void Write()
    {
        foreach (var token in node.Tokens)
        {
            if (token.Kind is TokenKind.Whitespace or TokenKind.LineEnd or TokenKind.Continuation or TokenKind.Comment)
            {
                gap.Add(token);
                continue;
            }

            WriteGap(token);
            parts += token.IsContinued ? 0 : 1;
            var content = tree.TextOf(token);
            text.Append(token.Kind == TokenKind.Keyword && !(isTrigger && parts > 1) ? content.ToString().ToUpperInvariant() : content);
            before = token.Kind;
        }

        WriteEnd();
    }

    private void WriteGap(SyntaxToken next)
    {
        if (next.Kind is TokenKind.HeredocBody or TokenKind.HeredocEnd)
        {
            if (before != TokenKind.HeredocBody)
            {
                WriteEnd();
            }
        }
        else if (IsInside(next))
        {
            WriteInside();
        }
        else if (gap.Any(token => token.Kind == TokenKind.Continuation) && !(before is null && gap.All(token => token.Kind != TokenKind.Comment)))
        {
            WriteContinuation();
        }
        else if (before is not null && NeedsBlank(next))
        {
            text.Append(' ');
        }

        gap.Clear();
    }

    /// <summary>Whether what is before the token belongs to the same part as the token.</summary>
    private bool IsInside(SyntaxToken next) =>
        next.IsContinued
        || next.Kind is TokenKind.Value or TokenKind.FlagValue
        || (next.Kind == TokenKind.Punctuation && tree.TextOf(next) is "=")
        || (isTrigger && parts > 1)
        || (before is TokenKind.Text && next.Kind is TokenKind.Text or TokenKind.HeredocOpening)
        || (before is TokenKind.HeredocOpening && next.Kind is TokenKind.Text);

    /// <summary>In an array there are blanks behind commas only; elsewhere where there were some.</summary>
    private bool NeedsBlank(SyntaxToken next) =>
        next.Kind == TokenKind.JsonString ? text[^1] == ','
        : next.Kind == TokenKind.Punctuation && tree.TextOf(next) is "," or "]" ? false
        : gap.Count > 0;

    /// <summary>The way to the next part leads over line ends: one continuation, then the comments, then the part.</summary>
    private void WriteContinuation()
    {
        AppendEscape();
        foreach (var comment in gap.Where(token => token.Kind == TokenKind.Comment))
        {
            AppendComment(comment);
        }

        text.Append(Indent);
    }

    /// <summary>Joints and comments inside of a text: only what trails them and blank lines go.</summary>
    private void WriteInside()
    {
        var line = new StringBuilder();
        foreach (var token in gap)
        {
            if (token.Kind != TokenKind.LineEnd)
            {
                line.Append(tree.TextOf(token));
            }
            else
            {
                var content = line.ToString().TrimEnd();
                text.Append(content).Append(content.Length > 0 ? "\n" : "");
                line.Clear();
            }
        }

        text.Append(line);
    }

    /// <summary>The end of the joined line, or of a here-document. A continuation that continues nothing stays, blanks go.</summary>
    private void WriteEnd()
    {
        // Blanks of other kinds than these two keep an escape character from continuing the line.
        if (before is not null && text[^1] == escape && gap is [{ Kind: TokenKind.Whitespace } blanks, ..])
        {
            text.Append(tree.TextOf(blanks));
        }

        foreach (var token in gap)
        {
            if (token.Kind == TokenKind.Continuation)
            {
                AppendEscape();
            }
            else if (token.Kind == TokenKind.Comment)
            {
                AppendComment(token);
            }
        }

        if (text[^1] != '\n')
        {
            text.Append('\n');
        }
    }

    private void AppendEscape() =>
        text.Append(text.Length == 0 || text[^1] is '\n' or ' ' or '[' ? "" : " ").Append(escape).Append('\n');

    private void AppendComment(SyntaxToken comment) => text.Append(Indent).Append(tree.TextOf(comment).TrimEnd()).Append('\n');
}
