using System.Globalization;
using System.Text;

namespace Builder.Cli.Tests.Support;

/// <summary>A terminal that understands what Builder says to terminals, and fails a test that says anything else.</summary>
internal sealed class Screen(int columns = 80, int rows = 24)
{
    private List<StringBuilder> lines = [new()];
    private int width = columns;
    private int row;
    private int column;
    private bool inUpdate;

    /// <summary>Whether long lines are broken anew when the window gets narrower, or cut off.</summary>
    public bool Rewraps { get; init; }

    /// <summary>The width of the window, which may change at any time.</summary>
    public int Columns
    {
        get => width;
        set
        {
            width = value;
            Resize();
        }
    }

    public int Rows { get; set; } = rows;

    public int Writes { get; private set; }

    public bool CursorIsHidden { get; private set; }

    /// <summary>Everything that was shown, what has scrolled away included, without blank lines at the end.</summary>
    public string Text => string.Join('\n', lines.Select(line => line.ToString().TrimEnd())).TrimEnd('\n');

    public void Write(string text)
    {
        Writes++;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\e':
                    i = Escape(text, i + 1);
                    break;
                case '\r':
                    column = 0;
                    break;
                case '\n':
                    LineFeed();
                    break;
                case var c:
                    Assert.False(char.IsControl(c), $"a control character U+{(int)c:X4} got to the terminal");
                    Put(c);
                    break;
            }
        }

        Assert.False(inUpdate, "an update was not ended");
    }

    private int Escape(string text, int start)
    {
        Assert.Equal('[', text[start]);
        var end = start + 1;
        while (!char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        var argument = text[(start + 1)..end];
        switch (argument, text[end])
        {
            case ("?2026", 'h'):
                inUpdate = true;
                break;
            case ("?2026", 'l'):
                inUpdate = false;
                break;
            case ("?25", 'l'):
                CursorIsHidden = true;
                break;
            case ("?25", 'h'):
                CursorIsHidden = false;
                break;
            case ("", 'K'):
                lines[row].Length = Math.Min(lines[row].Length, column);
                break;
            case ("", 'J'):
                lines[row].Length = Math.Min(lines[row].Length, column);
                lines.RemoveRange(row + 1, lines.Count - row - 1);
                break;
            case (_, 'A'):
                row -= int.Parse(argument, CultureInfo.InvariantCulture);
                Assert.True(row >= 0 && row > lines.Count - 1 - Rows, "the cursor left the top of the window");
                break;
            case (_, 'm'):
                break;
            default:
                Assert.Fail($"unexpected sequence ESC[{argument}{text[end]}");
                break;
        }

        return end;
    }

    /// <summary>The cursor stays with the text, at the beginning of the line that it is on.</summary>
    private void Resize()
    {
        var resized = new List<StringBuilder>();
        foreach (var (line, index) in lines.Select((line, index) => (line.ToString().TrimEnd(), index)))
        {
            if (index == row)
            {
                row = resized.Count;
                column = 0;
            }

            var rows = line.Chunk(width).Select(part => new StringBuilder(new string(part))).DefaultIfEmpty(new StringBuilder());
            resized.AddRange(Rewraps ? rows : rows.Take(1));
        }

        lines = resized;
    }

    private void Put(char c)
    {
        if (column == Columns)
        {
            column = 0;
            LineFeed();
        }

        var line = lines[row];
        while (line.Length <= column)
        {
            line.Append(' ');
        }

        line[column++] = c;
    }

    private void LineFeed()
    {
        if (++row == lines.Count)
        {
            lines.Add(new StringBuilder());
        }
    }
}
