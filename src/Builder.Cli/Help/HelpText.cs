using System.Text;

namespace Builder.Cli.Help;

/// <summary>A page as <c>--help</c> prints it.</summary>
internal static class HelpText
{
    private const int Indent = 2;
    private const int MaxTerm = 34;

    /// <param name="columns">The width that lines are broken at.</param>
    public static string Render(HelpPage page, int columns)
    {
        var text = new StringBuilder();
        text.Append(page.Description).Append("\n\nUsage: ").Append(page.Usage).Append('\n');
        foreach (var section in page.Sections)
        {
            text.Append('\n').Append(section.Title).Append(":\n");
            var width = Math.Min(MaxTerm, section.Entries.Max(entry => entry.Term.Length));
            foreach (var entry in section.Entries)
            {
                Append(text, entry, Indent + width + 2, columns);
            }
        }

        if (page.Examples.Count > 0)
        {
            text.Append("\nExamples:\n");
            foreach (var example in page.Examples)
            {
                text.Append("  # ").Append(example.Meaning).Append("\n  ").Append(example.Term).Append('\n');
            }
        }

        return text.ToString().TrimEnd('\n');
    }

    private static void Append(StringBuilder text, HelpEntry entry, int column, int columns)
    {
        text.Append(' ', Indent).Append(entry.Term);
        var at = Indent + entry.Term.Length;
        if (at + 2 > column)
        {
            text.Append('\n');
            at = 0;
        }

        foreach (var line in Wrap(entry.Meaning, Math.Max(20, columns - column)))
        {
            text.Append(' ', column - at).Append(line).Append('\n');
            at = 0;
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }
}
