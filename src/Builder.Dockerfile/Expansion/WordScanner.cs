using System.Text;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Expansion;

/// <summary>
/// Reads one word from left to right, once. Substitutions nest, and each nested word is read by the same loop up to the
/// character that ends it.
/// </summary>
/// <param name="quotes">Whether quotes mean anything; they do not in a here-document.</param>
/// <param name="words">Gets the pieces of the result where it is to be split.</param>
internal sealed class WordScanner(
    Word word, IVariables variables, char escape, bool quotes, Action<string, Word>? undefined, ShellWords? words = null)
{
    // A person nests two or three; the limit is what keeps a hostile file from exhausting the stack.
    private const int MaximumDepth = 100;

    private readonly string text = word.Text;
    private int position;
    private int depth;

    public string Run() => Read(stop: null, keepEscapes: false, words);

    /// <summary>Reads up to <paramref name="stop"/>, which is consumed, or to the end of the word.</summary>
    /// <param name="keepEscapes">Leave escapes for a pattern to interpret.</param>
    private string Read(char? stop, bool keepEscapes, ShellWords? pieces)
    {
        var result = new StringBuilder();
        while (position < text.Length)
        {
            var c = text[position];
            if (c == stop)
            {
                position++;
                return result.ToString();
            }

            var start = result.Length;
            if (c == '$')
            {
                result.Append(Dollar());
                pieces?.AddSplitting(result.ToString(start, result.Length - start));
            }
            else if (quotes && c is '\'' or '"')
            {
                result.Append(c == '"' ? DoubleQuoted() : SingleQuoted());
                pieces?.AddWhole(result.ToString(start, result.Length - start));
            }
            else if (c == escape)
            {
                Escaped(result, keepEscapes);
                pieces?.AddWhole(result.ToString(start, result.Length - start));
            }
            else
            {
                var run = PlainRun(stop);
                result.Append(run);
                pieces?.AddSplitting(run);
            }
        }

        return stop is null ? result.ToString() : throw Malformed($"syntax error: missing '{stop}'{(stop == '/' ? " in ${}" : string.Empty)}");
    }

    private ReadOnlySpan<char> PlainRun(char? stop)
    {
        var start = position;
        while (position < text.Length && text[position] is not '$' && text[position] != stop && text[position] != escape
            && !(quotes && text[position] is '\'' or '"'))
        {
            position++;
        }

        return text.AsSpan(start, position - start);
    }

    private void Escaped(StringBuilder result, bool keepEscapes)
    {
        position++;
        if (keepEscapes)
        {
            result.Append(escape);
        }

        if (position < text.Length)
        {
            result.Append(text[position++]);
        }
    }

    private string SingleQuoted()
    {
        var close = text.IndexOf('\'', position + 1);
        if (close < 0)
        {
            throw Malformed("unexpected end of statement while looking for matching single-quote");
        }

        var content = text[(position + 1)..close];
        position = close + 1;
        return content;
    }

    private string DoubleQuoted()
    {
        var result = new StringBuilder();
        position++;
        while (position < text.Length)
        {
            switch (text[position])
            {
                case '"':
                    position++;
                    return result.ToString();
                case '$':
                    result.Append(Dollar());
                    break;
                case var c when c == escape && position + 1 < text.Length:
                    if (text[position + 1] is var next && next != '"' && next != '$' && next != escape)
                    {
                        result.Append(c);
                    }

                    result.Append(next);
                    position += 2;
                    break;
                default:
                    result.Append(text[position++]);
                    break;
            }
        }

        throw Malformed("unexpected end of statement while looking for matching double-quote");
    }

    private string Dollar()
    {
        var start = position++;
        if (position < text.Length && text[position] == '{')
        {
            position++;
            return Braced(start);
        }

        var name = Name();
        return name.Length == 0 ? "$" : Plain(name, start);
    }

    private string Braced(int start)
    {
        if (++depth > MaximumDepth)
        {
            throw Malformed("substitutions are nested too deeply", start);
        }

        var name = Name();
        if (name.Length == 0)
        {
            throw Malformed("syntax error: bad substitution", start);
        }

        var value = Modified(name, start);
        depth--;
        return value;
    }

    private string Modified(string name, int start)
    {
        var modifier = Next();
        var emptyIsUnset = modifier == ":";
        if (emptyIsUnset)
        {
            modifier += Next();
        }

        switch (modifier)
        {
            case "}":
                return Plain(name, start);
            case "-" or ":-" or "+" or ":+" or "?" or ":?":
                return Conditional(name, modifier[^1], emptyIsUnset, Read('}', keepEscapes: false, null), start);
            case "#" or "%":
                return Trimmed(name, modifier[0], Read('}', keepEscapes: true, null), start);
            case "/":
                return Replaced(name, start);
            default:
                throw Malformed($"unsupported modifier ({modifier}) in substitution", start);
        }
    }

    private string Plain(string name, int start)
    {
        if (variables.TryGet(name, out var value))
        {
            return value;
        }

        if (name[0] == '_' || char.IsLetter(name[0]))
        {
            undefined?.Invoke(name, new Word(text[start..position], word.SpanOf(start, position - start)));
        }

        return string.Empty;
    }

    private string Conditional(string name, char modifier, bool emptyIsUnset, string alternative, int start)
    {
        var isSet = variables.TryGet(name, out var value);
        var counts = isSet && !(emptyIsUnset && value!.Length == 0);
        return modifier switch
        {
            '-' => counts ? value! : alternative,
            '+' => counts ? alternative : string.Empty,
            _ when counts => value!,
            _ => throw Failed(
                DockerfileErrors.VariableRequired,
                $"{name}: {(alternative.Length > 0 ? alternative : isSet ? "is not allowed to be empty" : "is not allowed to be unset")}",
                start),
        };
    }

    private string Trimmed(string name, char side, string pattern, int start)
    {
        var longest = pattern.StartsWith(side);
        var parsed = Pattern(longest ? pattern[1..] : pattern, start);
        var value = Plain(name, start);
        return side == '#' ? Substitution.WithoutPrefix(value, parsed, longest) : Substitution.WithoutSuffix(value, parsed, longest);
    }

    private string Replaced(string name, int start)
    {
        var all = position < text.Length && text[position] == '/';
        position += all ? 1 : 0;
        var pattern = Pattern(Read('/', keepEscapes: true, null), start);
        var replacement = Read('}', keepEscapes: true, null);
        return Substitution.Replace(Plain(name, start), pattern, replacement, all);
    }

    private ShellPattern Pattern(string pattern, int start) =>
        ShellPattern.TryParse(escape == '\\' ? pattern : pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(escape, '\\'))
        ?? throw Malformed($"invalid pattern \"{pattern}\": invalid escape", start);

    /// <summary>A variable's name, one of the shell's special parameters, or nothing.</summary>
    private string Name()
    {
        var start = position;
        if (position < text.Length && text[position] is '@' or '*' or '#' or '?' or '-' or '$' or '!')
        {
            position++;
        }
        else
        {
            var isDigits = position < text.Length && char.IsDigit(text[position]);
            while (position < text.Length && (char.IsDigit(text[position]) || (!isDigits && (text[position] == '_' || char.IsLetter(text[position])))))
            {
                position++;
            }
        }

        return text[start..position];
    }

    private string Next() => position < text.Length ? text[position++].ToString() : string.Empty;

    private DockerfileException Malformed(string message, int start = 0) => Failed(DockerfileErrors.InvalidSubstitution, message, start);

    private DockerfileException Failed(ErrorCode code, string message, int start)
    {
        return new DockerfileException(
            code, $"failed to process \"{word.Text}\": {message}",
            span: word.SpanOf(start, Math.Min(Math.Max(position, start), text.Length) - start));
    }
}
