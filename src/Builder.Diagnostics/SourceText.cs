namespace Builder.Diagnostics;

/// <summary>
/// A text that came from a user, with the name to print for it. Line starts are found once and on demand.
/// </summary>
public sealed class SourceText(string path, string text)
{
    private int[]? lineStarts;

    /// <summary>How the user called it: a path as given, or <c>stdin</c>.</summary>
    public string Path { get; } = path;

    public string Text { get; } = text;

    public SourceSpan Span(int start, int length) => new(this, start, length);

    /// <summary>The 1-based line and column of an offset in UTF-16 units; a tab counts as one column.</summary>
    public (int Line, int Column) Position(int offset)
    {
        var starts = lineStarts ??= FindLineStarts(Text);
        var found = Array.BinarySearch(starts, offset);
        var line = found >= 0 ? found : ~found - 1;
        return (line + 1, offset - starts[line] + 1);
    }

    public int LineCount => (lineStarts ??= FindLineStarts(Text)).Length;

    /// <summary>The text of a 1-based line without its line end.</summary>
    public string Line(int line)
    {
        var starts = lineStarts ??= FindLineStarts(Text);
        var start = starts[line - 1];
        var end = line < starts.Length ? starts[line] : Text.Length;
        return Text[start..end].TrimEnd('\r', '\n');
    }

    private static int[] FindLineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = text.IndexOf('\n'); i >= 0; i = text.IndexOf('\n', i + 1))
        {
            starts.Add(i + 1);
        }

        return [.. starts];
    }
}
