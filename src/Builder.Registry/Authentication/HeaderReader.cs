using System.Text;

namespace Builder.Registry.Authentication;

/// <summary>A cursor over a header value: tokens, <c>=</c>, quoted strings (RFC 9110 §5.6).</summary>
internal ref struct HeaderReader(string text)
{
    private readonly string text = text;
    private int position;

    public void SkipSeparators()
    {
        while (position < text.Length && text[position] is ' ' or '\t' or ',')
        {
            position++;
        }
    }

    /// <summary>The characters up to a separator, a quote or <c>=</c>; empty at the end or at a stray one of these.</summary>
    public string Token()
    {
        var start = position;
        while (position < text.Length && text[position] is not (' ' or '\t' or ',' or '=' or '"'))
        {
            position++;
        }

        return text[start..position];
    }

    /// <summary>Steps over <c>=</c>, with or without spaces around it.</summary>
    public bool TryEquals()
    {
        var after = SkipSpaces(position);
        if (after >= text.Length || text[after] != '=')
        {
            return false;
        }

        position = SkipSpaces(after + 1);
        return true;
    }

    /// <summary>A quoted string with its escapes resolved, or all up to the next comma or space; an unclosed quote reads to the end.</summary>
    public string Value()
    {
        if (position >= text.Length || text[position] != '"')
        {
            var start = position;
            while (position < text.Length && text[position] is not (' ' or '\t' or ','))
            {
                position++;
            }

            return text[start..position];
        }

        var value = new StringBuilder();
        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
            {
                position++;
            }

            value.Append(text[position]);
        }

        position = Math.Min(position + 1, text.Length);
        return value.ToString();
    }

    private readonly int SkipSpaces(int from)
    {
        while (from < text.Length && text[from] is ' ' or '\t')
        {
            from++;
        }

        return from;
    }
}
