using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Expansion;

/// <summary>What <c>${name#pattern}</c> and its kin do to a value.</summary>
internal static class Substitution
{
    /// <param name="pattern">With its own escapes; a second <c>#</c> or <c>%</c> was cut off and is <paramref name="longest"/>.</param>
    public static string WithoutPrefix(string value, ShellPattern pattern, bool longest) =>
        value[Math.Max(0, pattern.MatchPrefix(value, 0, longest))..];

    public static string WithoutSuffix(string value, ShellPattern pattern, bool longest)
    {
        var backwards = value.ToCharArray();
        Array.Reverse(backwards);
        return value[..^Math.Max(0, pattern.Reverse().MatchPrefix(new string(backwards), 0, longest))];
    }

    /// <summary>Replaces the first or every match; each match is the longest from its place.</summary>
    public static string Replace(string value, ShellPattern pattern, string replacement, bool all)
    {
        var result = new System.Text.StringBuilder();
        var copied = 0;
        var position = 0;
        while (position <= value.Length && pattern.Find(value, position) is var (start, end))
        {
            result.Append(value, copied, start - copied).Append(replacement);
            copied = end;
            position = end > start ? end : end + 1;
            if (!all || (end == value.Length && end > start))
            {
                break;
            }
        }

        return result.Append(value, copied, value.Length - copied).ToString();
    }
}
