using System.Globalization;
using System.Text;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;
using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>
/// Finds the words that open here-documents: <c>[FD]&lt;&lt;[-]DELIMITER</c> as a whole word, where blanks may stand
/// before the delimiter when there is no dash. The file's escape character plays no part here.
/// </summary>
internal static class HeredocGrammar
{
    private static readonly Parser<Token> Dash = Tokens.Maybe(Tokens.One('-'));

    private static readonly Parser<(Token Descriptor, Token Dash, Token Delimiter)> Opening =
        (from descriptor in Tokens.Maybe(Tokens.Run(char.IsAsciiDigit))
         from first in Tokens.One('<')
         from second in Tokens.One('<')
         from dash in Dash
         from delimiter in Tokens.Maybe(Tokens.Run(c => c != '<'))
         select (descriptor, dash, delimiter)).End();

    public static IEnumerable<HeredocOpening> Openings(string text, Token arguments)
    {
        if (!arguments.SpanOf(text).Contains("<<", StringComparison.Ordinal))
        {
            yield break;
        }

        var words = WordGrammar.QuotedWords('\\')(new TextInput(text, arguments.Start, arguments.End)).Value.ToList();
        for (var i = 0; i < words.Count; i++)
        {
            var opening = Opening(new TextInput(text, words[i].Start, words[i].End));
            if (!opening.WasSuccessful)
            {
                continue;
            }

            var (descriptor, dash, delimiter) = opening.Value;
            if (delimiter.IsEmpty && dash.IsEmpty && i + 1 < words.Count && !words[i + 1].SpanOf(text).Contains('<'))
            {
                delimiter = words[i + 1];
            }

            var name = WithoutQuotes(delimiter.SpanOf(text));
            if (name.Length > 0)
            {
                yield return new HeredocOpening(
                    new Token(words[i].Start, delimiter.End),
                    name,
                    Expand: name.Length == delimiter.End - delimiter.Start,
                    StripTabs: !dash.IsEmpty,
                    int.TryParse(descriptor.SpanOf(text), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0);
            }
        }
    }

    private static string WithoutQuotes(ReadOnlySpan<char> word)
    {
        var name = new StringBuilder(word.Length);
        var quote = '\0';
        foreach (var c in word)
        {
            if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
            }
            else
            {
                name.Append(c);
            }
        }

        return name.ToString();
    }
}

/// <summary>A word that opens a here-document, whose body is still to be read.</summary>
internal sealed record HeredocOpening(Token Place, string Delimiter, bool Expand, bool StripTabs, int FileDescriptor)
{
    /// <exception cref="DockerfileException">No line below is the delimiter.</exception>
    public Heredoc ReadBody(LogicalLine line, LogicalLineReader reader)
    {
        var span = line.SpanOf(Place.Start, Place.End);
        var body = reader.ReadHeredocBody(Delimiter, StripTabs) ?? throw new DockerfileException(
            DockerfileErrors.InvalidHeredoc, $"unterminated heredoc: no line below is just \"{Delimiter}\"",
            "the delimiter is the whole word behind <<, punctuation included; quote << where no here-document is meant", span);
        return new Heredoc(Delimiter, body.Text, Expand, StripTabs, FileDescriptor, span, body);
    }
}
