using System.Text;
using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Tree;

namespace Builder.Dockerfile.Formatting;

/// <summary>Lines between instructions: nothing in front, nothing behind, unless that decides whether they are directives.</summary>
internal static class CommentLayout
{
    public static void Write(SyntaxTree tree, SyntaxNode node, StringBuilder text)
    {
        // Only a directive in the first column names a front end, and a lone escape character is better left alone.
        var keepsIndent = node.Kind != NodeKind.Comment || CouldBeDirective(tree, node);
        foreach (var token in node.Tokens)
        {
            if (token.Kind == TokenKind.LineEnd)
            {
                TrimLine(text);
                text.Append('\n');
            }
            else if (token.Kind != TokenKind.Whitespace || keepsIndent)
            {
                text.Append(tree.TextOf(token));
            }
        }

        if (node.Tokens[^1].Kind != TokenKind.LineEnd)
        {
            TrimLine(text);
            text.Append('\n');
        }
    }

    /// <summary>Whether a comment would mean something if it stood elsewhere.</summary>
    public static bool CouldBeDirective(SyntaxTree tree, SyntaxNode node)
    {
        var line = tree.Source.Text[node.Start..node.End];
        return node.Kind is NodeKind.Comment or NodeKind.Directive
            && (line.TrimStart().StartsWith("#!", StringComparison.Ordinal)
                || DirectiveGrammar.Directive(new TextInput(line, 0, line.Length)).WasSuccessful);
    }

    /// <summary>Takes the blanks off the end of the last line.</summary>
    public static void TrimLine(StringBuilder text)
    {
        var end = text.Length;
        while (end > 0 && text[end - 1] is ' ' or '\t')
        {
            end--;
        }

        text.Length = end;
    }
}
