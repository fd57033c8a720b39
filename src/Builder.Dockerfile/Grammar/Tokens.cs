using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>The smallest parsers. Each consumes a whole run of characters in one step.</summary>
internal static class Tokens
{
    private static readonly string[] NoExpectations = [];

    /// <summary>One or more characters that satisfy <paramref name="accepts"/>.</summary>
    public static Parser<Token> Run(Predicate<char> accepts) => input =>
    {
        var text = (TextInput)input;
        var end = text.Position;
        while (end < text.End && accepts(text.Source[end]))
        {
            end++;
        }

        return end == text.Position
            ? Failure(input)
            : Result.Success(new Token(text.Position, end), text.MoveTo(end));
    };

    /// <summary>Exactly one character.</summary>
    public static Parser<Token> One(Predicate<char> accepts) => input =>
        !input.AtEnd && accepts(input.Current)
            ? Result.Success(new Token(input.Position, input.Position + 1), input.Advance())
            : Failure(input);

    public static Parser<Token> One(char expected) => One(c => c == expected);

    /// <summary>Everything that is left, perhaps nothing.</summary>
    public static readonly Parser<Token> Rest = input =>
        Result.Success(new Token(input.Position, ((TextInput)input).End), ((TextInput)input).MoveTo(((TextInput)input).End));

    /// <summary>Blanks, perhaps none.</summary>
    public static readonly Parser<Token> Blanks = Maybe(Run(char.IsWhiteSpace));

    /// <summary>The parser's token, or an empty one where it finds nothing.</summary>
    public static Parser<Token> Maybe(Parser<Token> parser) => input =>
        parser(input) is { WasSuccessful: true } found ? found : Result.Success(new Token(input.Position, input.Position), input);

    /// <summary>The first of the parsers that finds something; unlike <c>Or</c>, it does not compare what the others missed.</summary>
    public static Parser<Token> Either(params Parser<Token>[] parsers) => input =>
    {
        foreach (var parser in parsers)
        {
            if (parser(input) is { WasSuccessful: true } found)
            {
                return found;
            }
        }

        return Failure(input);
    };

    /// <summary>As many in a row as there are, perhaps none, as one token; unlike <c>Many</c>, it keeps no list.</summary>
    public static Parser<Token> Repeated(Parser<Token> parser) => input =>
    {
        var rest = input;
        while (parser(rest) is { WasSuccessful: true } found && found.Remainder.Position > rest.Position)
        {
            rest = found.Remainder;
        }

        return Result.Success(new Token(input.Position, rest.Position), rest);
    };

    /// <summary>The parser's token unless it is empty.</summary>
    public static Parser<Token> NotEmpty(Parser<Token> parser) => input =>
        parser(input) is { WasSuccessful: true, Value.IsEmpty: false } found ? found : Failure(input);

    /// <summary>All of the parsers, one behind the other, as one token.</summary>
    public static Parser<Token> Sequence(params Parser<Token>[] parsers) => input =>
    {
        var rest = input;
        foreach (var parser in parsers)
        {
            if (parser(rest) is not { WasSuccessful: true } found)
            {
                return Failure(input);
            }

            rest = found.Remainder;
        }

        return Result.Success(new Token(input.Position, rest.Position), rest);
    };

    /// <summary>A failure is a plain "no": the messages for the user are made where the meaning is known.</summary>
    private static IResult<Token> Failure(IInput input) => Result.Failure<Token>(input, string.Empty, NoExpectations);
}
