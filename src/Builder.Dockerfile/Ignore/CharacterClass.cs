namespace Builder.Dockerfile.Ignore;

/// <summary>A set such as <c>[a-z_]</c> or <c>[^0-9]</c>, in which <c>\</c> makes the next character ordinary.</summary>
internal sealed class CharacterClass(bool negated, IReadOnlyList<(char First, char Last)> ranges)
{
    public bool Contains(char c)
    {
        foreach (var (first, last) in ranges)
        {
            if (c >= first && c <= last)
            {
                return !negated;
            }
        }

        return negated;
    }

    /// <summary>
    /// Reads the set that opens at <paramref name="position"/> and moves behind it; null when it is empty, has half a
    /// range, or never closes.
    /// </summary>
    public static CharacterClass? TryParse(string pattern, ref int position)
    {
        var i = position + 1;
        var negated = i < pattern.Length && pattern[i] == '^';
        i += negated ? 1 : 0;
        var ranges = new List<(char, char)>();
        while (i < pattern.Length && (pattern[i] != ']' || ranges.Count == 0))
        {
            if (TryReadMember(pattern, ref i) is not { } first)
            {
                return null;
            }

            var last = first;
            if (i < pattern.Length && pattern[i] == '-')
            {
                i++;
                if (TryReadMember(pattern, ref i) is not { } upper)
                {
                    return null;
                }

                last = upper;
            }

            ranges.Add((first, last));
        }

        if (i >= pattern.Length)
        {
            return null;
        }

        position = i + 1;
        return new CharacterClass(negated, ranges);
    }

    private static char? TryReadMember(string pattern, ref int i)
    {
        if (i >= pattern.Length || pattern[i] is '-' or ']')
        {
            return null;
        }

        if (pattern[i] == '\\' && ++i >= pattern.Length)
        {
            return null;
        }

        return pattern[i++];
    }
}
