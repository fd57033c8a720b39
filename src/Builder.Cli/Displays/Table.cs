namespace Builder.Cli.Displays;

/// <summary>Columns as Docker prints them: as wide as their widest cell, three blanks between.</summary>
internal static class Table
{
    private const int Gap = 3;

    public static void Write(string[] header, IEnumerable<string[]> rows)
    {
        foreach (var line in Render(header, rows))
        {
            Terminal.WriteLine(line);
        }
    }

    public static IEnumerable<string> Render(string[] header, IEnumerable<string[]> rows)
    {
        string[][] all = [header, .. rows];
        var widths = header.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        return all.Select(row => string.Concat(row.Select((cell, column) => cell.PadRight(widths[column] + Gap))).TrimEnd());
    }
}
