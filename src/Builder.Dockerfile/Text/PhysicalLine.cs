namespace Builder.Dockerfile.Text;

/// <summary>The offsets of one line of a text: its content, without any CR and LF at its end, and the next line.</summary>
internal readonly record struct PhysicalLine(int Start, int End, int Next)
{
    /// <summary>The line that begins at <paramref name="start"/>, which is inside the text.</summary>
    public static PhysicalLine At(string text, int start)
    {
        var newline = text.IndexOf('\n', start);
        var next = newline < 0 ? text.Length : newline + 1;
        return new PhysicalLine(start, start + text.AsSpan(start, next - start).TrimEnd("\r\n").Length, next);
    }

    public ReadOnlySpan<char> Of(string text) => text.AsSpan(Start, End - Start);

    /// <summary>Where the first character that is no blank is; <see cref="End"/> when there is none.</summary>
    public int Indent(string text) => End - Of(text).TrimStart().Length;

    public bool IsBlank(string text) => Indent(text) == End;

    public bool IsComment(string text) => Indent(text) is var indent && indent < End && text[indent] == '#';
}
