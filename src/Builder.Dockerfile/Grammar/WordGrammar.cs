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
        var escaped = Tokens.Whole(Tokens.One(escape).Then(_ => Tokens.Maybe(Tokens.One(_ => true))));
        var single = Tokens.Whole(
            from open in Tokens.One('\'')
            from content in Tokens.Maybe(Tokens.Run(c => c != '\''))
            from close in Tokens.Maybe(Tokens.One('\''))
            select open);
        var @double = Tokens.Whole(
            from open in Tokens.One('"')
            from content in Tokens.Run(c => c != '"' && c != escape).Or(escaped).Many()
            from close in Tokens.Maybe(Tokens.One('"'))
            select open);
        var plain = Tokens.Run(c => c != '\'' && c != '"' && c != escape && !char.IsWhiteSpace(c));
        return Tokens.Whole(plain.Or(single).Or(@double).Or(escaped).AtLeastOnce());
    }

    private static Parser<IEnumerable<Token>> Separated(Parser<Token> separator, Parser<Token> word) =>
        (from blanks in separator from found in word select found).Many();
}
