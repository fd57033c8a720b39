using System.Globalization;
using System.Text;

namespace Builder.Cli.Displays;

/// <summary>
/// The lines at the bottom of a terminal that are drawn again and again, below a history that only grows. Knows no other
/// movements than up, erasing to the end of a line and of the window, and no mode of the terminal but the hidden cursor, which it
/// gives back.
/// </summary>
/// <param name="write">Takes text as it is.</param>
/// <param name="size">Columns and rows of the window as it is now; asked at each drawing.</param>
/// <param name="rewraps">Whether the terminal breaks lines anew when the window gets narrower.</param>
internal sealed class LiveRegion(Action<string> write, Func<(int Columns, int Rows)> size, bool rewraps)
{
    // Terminals that know synchronized updates show each drawing at once; the others ignore the marks.
    private const string BeginUpdate = "\e[?2026h";
    private const string EndUpdate = "\e[?2026l";
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private const string EndLine = "\e[K\r\n";
    private const string EraseBelow = "\e[J";
    private IReadOnlyList<string> drawn = [];
    private int drawnColumns;
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
        var window = size();
        if (DrawnRows(window) is > 0 and var up)
        {
            text.Append(CultureInfo.InvariantCulture, $"\e[{up}A");
        }

        // Rows that were one line to the terminal stay one to it, whatever is drawn over them, unless they are erased whole.
        if (window.Columns != drawnColumns && drawn.Count > 0)
        {
            text.Append(EraseBelow);
        }

        drawnColumns = window.Columns;

        foreach (var line in history.Concat(lines))
        {
            text.Append(line).Append(EndLine);
        }

        // What is left of a region that was taller, and an echoed ^C.
        write(text.Append(EraseBelow).Append(EndUpdate).ToString());
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

    /// <summary>
    /// How many rows what was drawn takes in the window as it is now. Never more than it does: a remnant of the region is ugly, a
    /// line of the history that is drawn over is lost.
    /// </summary>
    private int DrawnRows((int Columns, int Rows) window)
    {
        var (columns, rows) = window;
        var taken = rewraps ? drawn.Sum(line => Math.Max(1, (LeastWidth(line) + columns - 1) / Math.Max(1, columns))) : drawn.Count;
        return Math.Min(taken, Math.Max(0, rows - 1));
    }

    /// <summary>How many columns a line takes at least: colours take none, and wide characters might be narrow.</summary>
    private static int LeastWidth(string line)
    {
        var width = 0;
        var inColor = false;
        foreach (var rune in line.EnumerateRunes())
        {
            if (inColor || rune.Value == '\e')
            {
                inColor = rune.Value != 'm';
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format))
            {
                width++;
            }
        }

        return width;
    }
}
