using System.Collections.Immutable;
using System.Text;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tree;

/// <summary>
/// Every character of a Dockerfile, sorted into nodes and tokens: for editors, formatters and linters. Any text has a
/// tree, be it right or wrong; <see cref="Dockerfile"/> is what it means when it is right.
/// </summary>
/// <param name="Nodes">In the order of the text, none left out: their tokens are the file.</param>
/// <param name="Dockerfile">The meaning; null when there are errors.</param>
/// <param name="Errors">Everything that is wrong, in the order of the text.</param>
public sealed record SyntaxTree(
    SourceText Source, ImmutableArray<SyntaxNode> Nodes, DockerfileSyntax? Dockerfile, ErrorList Errors)
{
    /// <summary>Parses a text. Never throws for what the text says.</summary>
    public static SyntaxTree Parse(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var recorder = new TokenRecorder(source.Text);
        var (dockerfile, errors) = new DockerfileReader(source, recorder).Read();
        return new SyntaxTree(source, recorder.Nodes, dockerfile, errors);
    }

    public IEnumerable<SyntaxToken> Tokens => Nodes.SelectMany(node => node.Tokens);

    /// <summary>The characters of a token.</summary>
    public ReadOnlySpan<char> TextOf(SyntaxToken token) => Source.Text.AsSpan(token.Start, token.Length);

    /// <summary>The place of a token.</summary>
    public SourceSpan SpanOf(SyntaxToken token) => Source.Span(token.Start, token.Length);

    /// <summary>The node at an offset; null behind the end of the text.</summary>
    public SyntaxNode? NodeAt(int offset)
    {
        var (low, high) = (0, Nodes.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (offset < Nodes[middle].Start)
            {
                high = middle - 1;
            }
            else if (offset >= Nodes[middle].End)
            {
                low = middle + 1;
            }
            else
            {
                return Nodes[middle];
            }
        }

        return null;
    }

    /// <summary>The token at an offset; null behind the end of the text.</summary>
    public SyntaxToken? TokenAt(int offset)
    {
        foreach (var token in NodeAt(offset)?.Tokens ?? [])
        {
            if (offset < token.End)
            {
                return token;
            }
        }

        return null;
    }

    /// <summary>The text again, put together from the tokens.</summary>
    public string ToText()
    {
        var text = new StringBuilder(Source.Text.Length);
        foreach (var token in Tokens)
        {
            text.Append(TextOf(token));
        }

        return text.ToString();
    }
}
