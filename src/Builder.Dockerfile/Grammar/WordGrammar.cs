using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>How the arguments of an instruction fall into words.</summary>
internal static class WordGrammar
{
    /// <summary>Words between blanks; a quote is a character like any other.</summary>
    public static readonly Parser<IEnumerable<Token>> PlainWords = Separated(Tokens.Maybe(Tokens.Run(IsSeparator)), Tokens.Run(IsNoSeparator));

    private static readonly Parser<IEnumerable<Token>> BackslashWords = Separated(Tokens.Blanks, QuotedWord('\\'));
    private static readonly Parser<IEnumerable<Token>> BacktickWords = Separated(Tokens.Blanks, QuotedWord('`'));

    /// <summary>
    /// Words between blanks that are neither quoted nor escaped. Quotes and escapes stay in the word; a quote that is
    /// never closed reaches to the end.
    /// </summary>
    public static Parser<IEnumerable<Token>> QuotedWords(char escape) => escape == '`' ? BacktickWords : BackslashWords;

    /// <summary>What separates plain words: Unicode's other blanks belong to file names.</summary>
    public static bool IsSeparator(char c) => c is ' ' or '\t' or '\v' or '\f' or '\r';

    private static bool IsNoSeparator(char c) => !IsSeparator(c);

    private static Parser<Token> QuotedWord(char escape)
    {
        var escaped = Tokens.Sequence(Tokens.One(escape), Tokens.Maybe(Tokens.One(_ => true)));
        var single = Tokens.Sequence(
            Tokens.One('\''),
            Tokens.Maybe(Tokens.Run(c => c != '\'')),
            Tokens.Maybe(Tokens.One('\'')));
        var @double = Tokens.Sequence(
            Tokens.One('"'),
            Tokens.Repeated(Tokens.Either(Tokens.Run(c => c != '"' && c != escape), escaped)),
            Tokens.Maybe(Tokens.One('"')));
        var plain = Tokens.Run(c => c != '\'' && c != '"' && c != escape && !char.IsWhiteSpace(c));
        return Tokens.NotEmpty(Tokens.Repeated(Tokens.Either(plain, single, @double, escaped)));
    }

    private static Parser<IEnumerable<Token>> Separated(Parser<Token> separator, Parser<Token> word) =>
        (from blanks in separator from found in word select found).Many();
}
