using Builder.Cli.Templates;

namespace Builder.Cli.Displays;

/// <summary>One column: its name in templates and JSON, its heading in tables; null for one that no table has.</summary>
internal sealed record RowField(string Name, string? Heading);

/// <summary>
/// Rows as Docker's <c>--format</c> has them: a table, <c>json</c> for an object a line, or a <see cref="Template"/>, with <c>table </c> before it for one with headings.
/// </summary>
internal static class RowFormat
{
    private const string TablePrefix = "table ";

    /// <param name="fields">All that a row has; each row has as many values.</param>
    public static void Write(string? format, IReadOnlyList<RowField> fields, IReadOnlyList<string[]> rows)
    {
        foreach (var line in Render(format, fields, rows))
        {
            Terminal.WriteLine(line);
        }
    }

    public static IEnumerable<string> Render(string? format, IReadOnlyList<RowField> fields, IReadOnlyList<string[]> rows)
    {
        switch (format)
        {
            case null or "" or "table":
                int[] shown = [.. Enumerable.Range(0, fields.Count).Where(i => fields[i].Heading is not null)];
                return Table.Render([.. shown.Select(i => fields[i].Heading!)], rows.Select(row => shown.Select(i => Terminal.Harmless(row[i])).ToArray()));
            case "json":
                return rows.Select(row => TemplateText.Json(RowOf(fields, row)));
            default:
                var isTable = format.StartsWith(TablePrefix, StringComparison.Ordinal);
                var template = Template.Parse((isTable ? format[TablePrefix.Length..] : format).Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal));
                var lines = rows.Select(row => template.Render(RowOf(fields, [.. row.Select(Terminal.Harmless)])));
                return isTable ? Align(template.Render(RowOf(fields, [.. fields.Select(Heading)]), TemplateFunctions.Headings), lines) : lines.ToArray();
        }
    }

    private static string Heading(RowField field) => field.Heading ?? field.Name.ToUpperInvariant();

    private static IEnumerable<string> Align(string headings, IEnumerable<string> lines)
    {
        string[][] cells = [.. lines.Prepend(headings).Select(line => line.Split('\t'))];
        var columns = cells.Max(row => row.Length);
        string[][] full = [.. cells.Select(row => (string[])[.. row, .. Enumerable.Repeat("", columns - row.Length)])];
        return Table.Render(full[0], full.Skip(1));
    }

    private static TemplateRow RowOf(IReadOnlyList<RowField> fields, IReadOnlyList<string> values)
    {
        var row = new TemplateRow();
        foreach (var (field, value) in fields.Zip(values).OrderBy(pair => pair.First.Name, StringComparer.Ordinal))
        {
            row[field.Name] = value;
        }

        return row;
    }
}
