using System.Text;

namespace Builder.Cli.Displays;

/// <summary>What <c>diff -u</c> shows, for texts that differ in places.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The hunks under a header with the file's name; nothing when the texts are equal.</summary>
    public static string Of(string name, string before, string after)
    {
        if (before == after)
        {
            return "";
        }

        var edits = Edits(Lines(before), Lines(after));
        var text = new StringBuilder($"--- {name}\n+++ {name} (formatted)\n");
        for (var i = 0; i < edits.Count; i++)
        {
            if (edits[i].Mark != ' ')
            {
                i = AppendHunk(text, edits, i);
            }
        }

        return text.ToString();
    }

    /// <summary>Appends the hunk around a change; gives the last edit in it.</summary>
    private static int AppendHunk(StringBuilder text, List<(char Mark, string Line)> edits, int change)
    {
        var first = Math.Max(0, change - Context);
        var last = change;
        for (var i = change; i < edits.Count && i <= last + (2 * Context); i++)
        {
            last = edits[i].Mark != ' ' ? i : last;
        }

        last = Math.Min(edits.Count - 1, last + Context);
        var above = edits.Take(first).ToList();
        var hunk = edits.GetRange(first, last - first + 1);
        var (from, to) = (above.Count(edit => edit.Mark != '+'), above.Count(edit => edit.Mark != '-'));
        text.Append($"@@ -{from + 1},{hunk.Count(edit => edit.Mark != '+')} +{to + 1},{hunk.Count(edit => edit.Mark != '-')} @@\n");
        foreach (var (mark, line) in hunk)
        {
            text.Append(mark).Append(line).Append(line.EndsWith('\n') ? "" : "\n\\ No newline at end of file\n");
        }

        return last;
    }

    /// <summary>
    /// Lines kept, taken out and put in. Layout keeps the order of lines, so that the nearest line that is in both is where
    /// the texts meet again; no need for the shortest of all edits.
    /// </summary>
    private static List<(char Mark, string Line)> Edits(List<string> before, List<string> after)
    {
        const int Window = 100;
        var edits = new List<(char, string)>();
        var (i, j) = (0, 0);
        while (i < before.Count || j < after.Count)
        {
            if (i < before.Count && j < after.Count && before[i] == after[j])
            {
                edits.Add((' ', before[i++]));
                j++;
                continue;
            }

            var (skipped, added) = NextMeeting(before, i, after, j, Window);
            edits.AddRange(before.GetRange(i, skipped).Select(line => ('-', line)));
            edits.AddRange(after.GetRange(j, added).Select(line => ('+', line)));
            (i, j) = (i + skipped, j + added);
        }

        return edits;
    }

    /// <summary>How many lines of either text to pass until both go on alike.</summary>
    private static (int Skipped, int Added) NextMeeting(List<string> before, int i, List<string> after, int j, int window)
    {
        for (var sum = 1; sum <= window; sum++)
        {
            for (var skipped = Math.Min(sum, before.Count - i); skipped >= Math.Max(0, sum - (after.Count - j)); skipped--)
            {
                if (i + skipped < before.Count && j + sum - skipped < after.Count && before[i + skipped] == after[j + sum - skipped])
                {
                    return (skipped, sum - skipped);
                }
            }
        }

        return (Math.Min(window, before.Count - i), Math.Min(window, after.Count - j));
    }

    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is var newline && newline < 0 ? text.Length : newline + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }
}
