using System.Text;

namespace Builder.Dockerfile.Expansion;

/// <summary>
/// The pattern of a substitution: <c>*</c>, <c>?</c> and backslash escapes; brackets are ordinary characters. Cut at its
/// stars into segments, it is matched segment by segment, without ever going back over a star.
/// </summary>
internal sealed class ShellPattern
{
    private const char AnyCharacter = '\0';
    private readonly List<string> segments;

    private ShellPattern(List<string> segments) => this.segments = segments;

    /// <summary>Null when a backslash stands before a character that needs none.</summary>
    public static ShellPattern? TryParse(string pattern)
    {
        var segments = new List<string>();
        var segment = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*':
                    segments.Add(segment.ToString());
                    segment.Clear();
                    break;
                case '?':
                    segment.Append(AnyCharacter);
                    break;
                case '\\' when i + 1 < pattern.Length && pattern[i + 1] is '*' or '?' or '\\' or '/':
                    segment.Append(pattern[++i]);
                    break;
                case '\\':
                    return null;
                default:
                    segment.Append(pattern[i]);
                    break;
            }
        }

        segments.Add(segment.ToString());
        return new ShellPattern(segments);
    }

    /// <summary>The pattern that matches the same texts read backwards.</summary>
    public ShellPattern Reverse() =>
        new([.. segments.Select(segment => new string([.. segment.Reverse()])).Reverse()]);

    /// <summary>The length of the shortest or longest match that begins at <paramref name="start"/>; -1 for none.</summary>
    public int MatchPrefix(string value, int start, bool longest)
    {
        if (!IsAt(segments[0], value, start))
        {
            return -1;
        }

        var position = start + segments[0].Length;
        for (var i = 1; i < segments.Count; i++)
        {
            var found = longest && i == segments.Count - 1 ? LastOf(segments[i], value, position) : FirstOf(segments[i], value, position);
            if (found < 0)
            {
                return -1;
            }

            position = found + segments[i].Length;
        }

        return position - start;
    }

    /// <summary>The first place from <paramref name="from"/> on where the pattern matches, as long as it can.</summary>
    public (int Start, int End)? Find(string value, int from)
    {
        var start = FirstOf(segments[0], value, from);
        if (start < 0)
        {
            return null;
        }

        // What follows the first star is not found behind this start, so it is not found behind a later one either.
        var length = MatchPrefix(value, start, longest: true);
        return length < 0 ? null : (start, start + length);
    }

    private static int FirstOf(string segment, string value, int from)
    {
        for (var i = from; i + segment.Length <= value.Length; i++)
        {
            if (IsAt(segment, value, i))
            {
                return i;
            }
        }

        return -1;
    }

    private static int LastOf(string segment, string value, int from)
    {
        for (var i = value.Length - segment.Length; i >= from; i--)
        {
            if (IsAt(segment, value, i))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsAt(string segment, string value, int position)
    {
        if (position + segment.Length > value.Length)
        {
            return false;
        }

        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] != AnyCharacter && segment[i] != value[position + i])
            {
                return false;
            }
        }

        return true;
    }
}
