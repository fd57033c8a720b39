using System.Text;
using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>
/// The words in front of the arguments that begin with two dashes. Quotes group and vanish; an escape character makes
/// the next one ordinary, inside of quotes too.
/// </summary>
internal static class FlagGrammar
{
    private static readonly Parser<IEnumerable<Token>> BackslashFlags = Create('\\');
    private static readonly Parser<IEnumerable<Token>> BacktickFlags = Create('`');

    public static Parser<IEnumerable<Token>> Flags(char escape) => escape == '`' ? BacktickFlags : BackslashFlags;

    /// <summary>A flag without its quotes and escapes.</summary>
    public static string Decode(ReadOnlySpan<char> raw, char escape)
    {
        var decoded = new StringBuilder(raw.Length);
        var quote = '\0';
        for (var i = 0; i < raw.Length; i++)
        {
            var c = raw[i];
            if (c == escape)
            {
                if (++i < raw.Length)
                {
                    decoded.Append(raw[i]);
                }
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
            }
            else
            {
                decoded.Append(c);
            }
        }

        return decoded.ToString();
    }

    private static Parser<IEnumerable<Token>> Create(char escape)
    {
        var escaped = Tokens.Sequence(Tokens.One(escape), Tokens.Maybe(Tokens.One(_ => true)));
        var plain = Tokens.Run(c => c is not ('\'' or '"') && c != escape && !char.IsWhiteSpace(c));
        var flag = Tokens.Sequence(
            Tokens.One('-'),
            Tokens.One('-'),
            Tokens.Repeated(Tokens.Either(plain, Quoted('\'', escape, escaped), Quoted('"', escape, escaped), escaped)));
        return (from blanks in Tokens.Blanks from found in flag select found).Many();
    }

    private static Parser<Token> Quoted(char quote, char escape, Parser<Token> escaped) => Tokens.Sequence(
        Tokens.One(quote),
        Tokens.Repeated(Tokens.Either(Tokens.Run(c => c != quote && c != escape), escaped)),
        Tokens.Maybe(Tokens.One(quote)));
}
