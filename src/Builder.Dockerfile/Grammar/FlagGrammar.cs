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
        var escaped = Tokens.Whole(Tokens.One(escape).Then(_ => Tokens.Maybe(Tokens.One(_ => true))));
        var plain = Tokens.Run(c => c is not ('\'' or '"') && c != escape && !char.IsWhiteSpace(c));
        var flag = Tokens.Whole(
            from first in Tokens.One('-')
            from second in Tokens.One('-')
            from rest in plain.Or(Quoted('\'', escape, escaped)).Or(Quoted('"', escape, escaped)).Or(escaped).Many()
            select first);
        return (from blanks in Tokens.Blanks from found in flag select found).Many();
    }

    private static Parser<Token> Quoted(char quote, char escape, Parser<Token> escaped) => Tokens.Whole(
        from open in Tokens.One(quote)
        from content in Tokens.Run(c => c != quote && c != escape).Or(escaped).Many()
        from close in Tokens.Maybe(Tokens.One(quote))
        select open);
}
