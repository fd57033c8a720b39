using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary><c># name = value</c>, with blanks anywhere between.</summary>
internal static class DirectiveGrammar
{
    private static readonly Parser<Token> Name = Tokens.Sequence(
        Tokens.One(char.IsAsciiLetter),
        Tokens.Maybe(Tokens.Run(char.IsAsciiLetterOrDigit)));

    public static readonly Parser<(Token Name, Token Value)> Directive =
        from indent in Tokens.Blanks
        from hash in Tokens.One('#')
        from beforeName in Tokens.Blanks
        from name in Name
        from beforeEquals in Tokens.Blanks
        from sign in Tokens.One('=')
        from beforeValue in Tokens.Blanks
        from first in Tokens.One(c => !char.IsWhiteSpace(c))
        from rest in TrimmedRest
        select (name, new Token(first.Start, Math.Max(first.End, rest.End)));

    private static Parser<Token> TrimmedRest => input =>
    {
        var rest = Tokens.Rest(input);
        var length = rest.Value.SpanOf(input.Source).TrimEnd().Length;
        return Result.Success(new Token(rest.Value.Start, rest.Value.Start + length), rest.Remainder);
    };
}
