using System.Globalization;
using System.Text;

namespace Builder.Cli.Templates;

internal enum TokenKind
{
    Text,
    Open,
    Close,
    Field,
    Dot,
    Variable,
    Word,
    String,
    Number,
    Symbol,
    End,
}

/// <param name="Place">Where it begins in the template, from 0.</param>
/// <param name="IsSpaced">Whether white space stands before it, which tells <c>.A .B</c> from <c>.A.B</c>.</param>
internal readonly record struct Token(TokenKind Kind, string Value, int Place, bool IsSpaced);

/// <summary>A template's tokens. White space beside <c>{{-</c> and <c>-}}</c> is taken away here, and comments with it.</summary>
internal sealed class TemplateLexer(string template)
{
    private readonly List<Token> tokens = [];
    private int at;

    public static IReadOnlyList<Token> Read(string template) => new TemplateLexer(template).Read();

    private List<Token> Read()
    {
        var trimsNext = false;
        while (at < template.Length)
        {
            var open = template.IndexOf("{{", at, StringComparison.Ordinal);
            var text = open < 0 ? template[at..] : template[at..open];
            var trimsText = open >= 0 && open + 3 < template.Length && template[open + 2] == '-' && char.IsWhiteSpace(template[open + 3]);
            text = trimsNext ? text.TrimStart() : text;
            text = trimsText ? text.TrimEnd() : text;
            if (text.Length > 0)
            {
                tokens.Add(new Token(TokenKind.Text, text, at, false));
            }

            if (open < 0)
            {
                break;
            }

            at = open + (trimsText ? 3 : 2);
            trimsNext = TryReadComment(open, out var trims) ? trims : ReadAction(open);
        }

        tokens.Add(new Token(TokenKind.End, "", template.Length, false));
        return tokens;
    }

    private bool TryReadComment(int open, out bool trims)
    {
        trims = false;
        var rest = template.AsSpan(at).TrimStart();
        if (!rest.StartsWith("/*", StringComparison.Ordinal))
        {
            return false;
        }

        var end = template.IndexOf("*/", at, StringComparison.Ordinal);
        var close = end < 0 ? -1 : template.IndexOf("}}", end, StringComparison.Ordinal);
        if (close < 0)
        {
            throw TemplateErrors.At(template, open, "a comment that does not end");
        }

        trims = template[(end + 2)..close].Trim() == "-";
        at = close + 2;
        return true;
    }

    /// <summary>What stands between the braces; returns whether the text behind them loses its white space.</summary>
    private bool ReadAction(int open)
    {
        tokens.Add(new Token(TokenKind.Open, "{{", open, false));
        while (true)
        {
            var from = at;
            while (at < template.Length && char.IsWhiteSpace(template[at]))
            {
                at++;
            }

            if (at >= template.Length)
            {
                throw TemplateErrors.At(template, open, "{{ without its }}");
            }

            var isSpaced = at > from;
            if (isSpaced && At("-}}"))
            {
                tokens.Add(new Token(TokenKind.Close, "}}", at, true));
                at += 3;
                return true;
            }

            if (At("}}"))
            {
                tokens.Add(new Token(TokenKind.Close, "}}", at, isSpaced));
                at += 2;
                return false;
            }

            tokens.Add(ReadToken(isSpaced));
        }
    }

    private Token ReadToken(bool isSpaced)
    {
        var start = at;
        var c = template[at];
        switch (c)
        {
            case '"':
                return new Token(TokenKind.String, ReadQuoted(), start, isSpaced);
            case '`':
                var end = template.IndexOf('`', at + 1);
                at = end < 0 ? throw TemplateErrors.At(template, start, "a string that does not end") : end + 1;
                return new Token(TokenKind.String, template[(start + 1)..end], start, isSpaced);
            case '.' when at + 1 < template.Length && IsNameStart(template[at + 1]):
                at++;
                return new Token(TokenKind.Field, ReadName(), start, isSpaced);
            case '.':
                at++;
                return new Token(TokenKind.Dot, ".", start, isSpaced);
            case '$':
                at++;
                return new Token(TokenKind.Variable, ReadName(), start, isSpaced);
            case ':' when At(":="):
                at += 2;
                return new Token(TokenKind.Symbol, ":=", start, isSpaced);
            case '(' or ')' or '|' or ',' or '=':
                at++;
                return new Token(TokenKind.Symbol, c.ToString(), start, isSpaced);
        }

        if (IsNameStart(c))
        {
            return new Token(TokenKind.Word, ReadName(), start, isSpaced);
        }

        if (char.IsAsciiDigit(c) || (c is '-' or '+' && at + 1 < template.Length && char.IsAsciiDigit(template[at + 1])))
        {
            at++;
            while (at < template.Length && (char.IsAsciiDigit(template[at]) || template[at] == '.'))
            {
                at++;
            }

            return new Token(TokenKind.Number, template[start..at], start, isSpaced);
        }

        throw TemplateErrors.At(template, start, $"'{c}', which means nothing there");
    }

    private string ReadName()
    {
        var start = at;
        while (at < template.Length && (IsNameStart(template[at]) || char.IsAsciiDigit(template[at])))
        {
            at++;
        }

        return template[start..at];
    }

    private string ReadQuoted()
    {
        var start = at++;
        var text = new StringBuilder();
        for (; at < template.Length; at++)
        {
            if (template[at] == '"')
            {
                at++;
                return text.ToString();
            }

            text.Append(template[at] == '\\' ? ReadEscape(start) : template[at]);
        }

        throw TemplateErrors.At(template, start, "a string that does not end");
    }

    /// <summary>Leaves the place at the last character of the escape.</summary>
    private char ReadEscape(int start)
    {
        at++;
        var c = at < template.Length ? template[at] : '\0';
        if (c == 'u' && at + 4 < template.Length && ushort.TryParse(template.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            at += 4;
            return (char)code;
        }

        return c switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '"' or '\\' => c,
            _ => throw TemplateErrors.At(template, start, $"a string with \\{c}, which is none of \\n \\t \\r \\\" \\\\ \\uXXXX"),
        };
    }

    private bool At(string text) => string.CompareOrdinal(template, at, text, 0, text.Length) == 0;

    private static bool IsNameStart(char c) => c == '_' || char.IsLetter(c);
}
