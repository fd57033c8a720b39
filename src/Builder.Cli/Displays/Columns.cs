using System.Text;

namespace Builder.Cli.Displays;

/// <summary>
/// How much room text takes on a terminal: never less than it does. Everything beyond ASCII counts as two columns, because
/// terminals disagree, and a line that wraps would shift all that is drawn after it.
/// </summary>
internal static class Columns
{
    private const string Ellipsis = "...";
    private const string Tab = "    ";

    public static int Width(ReadOnlySpan<char> text)
    {
        var width = 0;
        foreach (var c in text)
        {
            width += c < 0x80 ? 1 : 2;
        }

        return width;
    }

    /// <summary>The text, made harmless, as it is drawn where there is room enough.</summary>
    public static string Clean(string text) => Terminal.Harmless(text).Replace("\t", Tab, StringComparison.Ordinal);

    /// <summary>The text, made harmless, with its end cut off when it needs more than this many columns.</summary>
    public static string Fit(string text, int columns)
    {
        text = Clean(text);
        if (Width(text) <= columns)
        {
            return text;
        }

        var room = Math.Max(0, columns - Ellipsis.Length);
        var cut = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            room -= rune.Value < 0x80 ? 1 : rune.Utf16SequenceLength * 2;
            if (room < 0)
            {
                break;
            }

            cut.Append(rune);
        }

        return cut.Append(Ellipsis.AsSpan(0, Math.Clamp(columns, 0, Ellipsis.Length))).ToString();
    }
}
