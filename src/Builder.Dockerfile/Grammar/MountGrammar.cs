using Builder.Dockerfile.Syntax;
using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>
/// The value of <c>--mount</c>: one record of comma-separated values (RFC 4180), each a <c>KEY[=VALUE]</c>.
/// </summary>
internal static class MountGrammar
{
    private static readonly Parser<Token> Quoted = Tokens.Sequence(
        Tokens.One('"'),
        Tokens.Repeated(Tokens.Either(Tokens.Run(c => c != '"'), Tokens.Sequence(Tokens.One('"'), Tokens.One('"')))),
        Tokens.One('"'));

    private static readonly Parser<Token> Bare = Tokens.Maybe(Tokens.Run(c => c is not (',' or '"')));

    private static readonly Parser<IEnumerable<Token>> Record = Tokens.Either(Quoted, Bare).DelimitedBy(Tokens.One(',')).End();

    /// <exception cref="DockerfileException">A quote is misplaced.</exception>
    public static MountFlag Parse(Word value)
    {
        var record = Record(new TextInput(value.Text, 0, value.Text.Length));
        if (!record.WasSuccessful)
        {
            throw new DockerfileException(
                DockerfileErrors.InvalidMount, $"misplaced quote in mount \"{value.Text}\"",
                "quote a whole KEY=VALUE, and escape the quotes: they are removed once before", value.Span);
        }

        return new MountFlag([.. record.Value.Select(token => Field(value, token))], value.Span);
    }

    private static MountField Field(Word value, Token token)
    {
        var raw = token.Of(value.Text);
        var field = raw.StartsWith('"') ? raw[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : raw;
        var equals = field.IndexOf('=', StringComparison.Ordinal);
        return new MountField(
            (equals < 0 ? field : field[..equals]).ToLowerInvariant(),
            equals < 0 ? null : field[(equals + 1)..],
            value.SpanOf(token.Start, token.End - token.Start));
    }
}
