using System.Text;

namespace Builder.Cli.Displays;

/// <summary>
/// The lines at the bottom of a terminal that are drawn again and again, below a history that only grows. Knows no other
/// movements than up and to the end of a line, and no mode of the terminal but the hidden cursor, which it gives back.
/// </summary>
/// <param name="write">Takes text as it is.</param>
internal sealed class LiveRegion(Action<string> write)
{
    // Terminals that know synchronized updates show each drawing at once; the others ignore the marks.
    private const string BeginUpdate = "\e[?2026h";
    private const string EndUpdate = "\e[?2026l";
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private const string EndLine = "\e[K\r\n";
    private IReadOnlyList<string> drawn = [];
    private bool cursorIsHidden;

    /// <summary>Adds lines to the history and replaces the region; writes nothing when that changes nothing.</summary>
    /// <param name="history">Lines of any length, because nothing is ever drawn over them.</param>
    /// <param name="lines">None may be wider than the terminal, and all must fit on it.</param>
    public void Draw(IReadOnlyList<string> history, IReadOnlyList<string> lines)
    {
        if (history.Count == 0 && lines.SequenceEqual(drawn))
        {
            return;
        }

        var text = new StringBuilder(BeginUpdate);
        if (!cursorIsHidden)
        {
            text.Append(HideCursor);
            cursorIsHidden = true;
        }

        text.Append('\r');
        Up(text, drawn.Count);
        foreach (var line in history.Concat(lines))
        {
            text.Append(line).Append(EndLine);
        }

        // What is left of a region that was taller; the last clearing takes away an echoed ^C.
        var left = Math.Max(0, drawn.Count - history.Count - lines.Count);
        for (var i = 0; i < left; i++)
        {
            text.Append(EndLine);
        }

        text.Append("\e[K");
        Up(text, left);
        write(text.Append(EndUpdate).ToString());
        drawn = [.. lines];
    }

    /// <summary>Takes the region away and gives the cursor back.</summary>
    public void Close(IReadOnlyList<string> history)
    {
        Draw(history, []);
        if (cursorIsHidden)
        {
            write(ShowCursor);
            cursorIsHidden = false;
        }
    }

    private static void Up(StringBuilder text, int lines)
    {
        if (lines > 0)
        {
            text.Append($"\e[{lines}A");
        }
    }
}
