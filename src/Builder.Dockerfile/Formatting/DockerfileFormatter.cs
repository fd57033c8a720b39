using System.Text;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Tree;

namespace Builder.Dockerfile.Formatting;

/// <summary>
/// Lays a Dockerfile out anew and changes nothing else: what it means stays the same, comments and here-documents stay
/// as they are. What is layout and what is not: <c>spec/dockerfile.md</c>, "Formatting".
/// </summary>
public static class DockerfileFormatter
{
    /// <summary>The text in the one layout. Formatting it again changes nothing.</summary>
    /// <exception cref="BuilderException">The text has errors; all of them.</exception>
    public static string Format(SourceText source)
    {
        var tree = SyntaxTree.Parse(source);
        tree.Errors.ThrowIfAny();
        var formatted = Write(tree);

        // Layout that turns out to be meaning must never reach a file: better no result than a wrong one.
        var again = SyntaxTree.Parse(new SourceText(source.Path, formatted));
        return again.Dockerfile is { } dockerfile && Meaning.Of(dockerfile) == Meaning.Of(tree.Dockerfile!)
            ? formatted
            : throw new InvalidOperationException($"formatting {source.Path} would have changed what it means");
    }

    private static string Write(SyntaxTree tree)
    {
        var text = new StringBuilder(tree.Source.Text.Length);
        var blank = false;
        foreach (var node in tree.Nodes)
        {
            if (node.Kind == NodeKind.ByteOrderMark)
            {
                continue;
            }

            if (node.Kind == NodeKind.Blank && !node.Tokens.Any(token => token.Kind == TokenKind.Continuation))
            {
                blank = true;
                continue;
            }

            // One blank line separates as well as ten; the first line of a file needs none, unless it keeps a comment
            // from becoming a directive.
            if (blank && (text.Length > 0 || CommentLayout.CouldBeDirective(tree, node)))
            {
                text.Append('\n');
            }

            blank = false;
            Write(tree, node, text);
        }

        return text.ToString();
    }

    private static void Write(SyntaxTree tree, SyntaxNode node, StringBuilder text)
    {
        if (node.Kind == NodeKind.Instruction)
        {
            new InstructionWriter(tree, node, text).Write();
        }
        else
        {
            CommentLayout.Write(tree, node, text);
        }
    }
}
