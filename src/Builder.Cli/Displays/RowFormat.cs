using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Builder.Diagnostics;

namespace Builder.Cli.Displays;

/// <summary>One column: its name in templates and JSON, its heading in tables; null for one that no table has.</summary>
internal sealed record RowField(string Name, string? Heading);

/// <summary>
/// Rows as Docker's <c>--format</c> has them: a table, <c>json</c> for an object a line, or a template of
/// <c>{{.Field}}</c> and <c>{{json .}}</c>, with <c>table </c> before it for one with headings.
/// </summary>
internal static partial class RowFormat
{
    private const string TablePrefix = "table ";
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
                return rows.Select(row => JsonOf(fields, row));
            default:
                var isTable = format.StartsWith(TablePrefix, StringComparison.Ordinal);
                var template = (isTable ? format[TablePrefix.Length..] : format).Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
                var lines = rows.Select(row => Fill(template, fields, row));
                return isTable ? Align(Headings(template, fields), lines) : lines.ToArray();
        }
    }

    private static string Fill(string template, IReadOnlyList<RowField> fields, string[] row) =>
        Placeholder().Replace(template, match =>
        {
            var isJson = match.Groups["json"].Success;
            var name = match.Groups["name"].Value;
            return (isJson, name) switch
            {
                (true, "") => JsonOf(fields, row),
                (true, _) => QuotedOf(row[IndexOf(fields, name)]),
                _ => Terminal.Harmless(row[IndexOf(fields, name)]),
            };
        });

    private static string Headings(string template, IReadOnlyList<RowField> fields) =>
        Placeholder().Replace(template, match => match.Groups["name"].Value is { Length: > 0 } name && IndexOf(fields, name) is var i
            ? fields[i].Heading ?? fields[i].Name.ToUpperInvariant()
            : "");

    private static IEnumerable<string> Align(string headings, IEnumerable<string> lines)
    {
        string[][] cells = [.. lines.Prepend(headings).Select(line => line.Split('\t'))];
        var columns = cells.Max(row => row.Length);
        string[][] full = [.. cells.Select(row => (string[])[.. row, .. Enumerable.Repeat("", columns - row.Length)])];
        return Table.Render(full[0], full.Skip(1));
    }

    private static int IndexOf(IReadOnlyList<RowField> fields, string name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Name == name)
            {
                return i;
            }
        }

        var names = fields.Select(field => field.Name).ToArray();
        throw new BuilderException(
            CliErrors.Usage,
            $"the format has a field '.{name}', which these rows do not have",
            Suggestions.Nearest(name, names) is { } near ? $"did you mean .{near}?" : $"they have .{string.Join(", .", names)}");
    }

    private static string JsonOf(IReadOnlyList<RowField> fields, string[] row) => Written(json =>
    {
        json.WriteStartObject();
        foreach (var (field, value) in fields.Zip(row).OrderBy(pair => pair.First.Name, StringComparer.Ordinal))
        {
            json.WriteString(field.Name, value);
        }

        json.WriteEndObject();
    });

    private static string QuotedOf(string text) => Written(json => json.WriteStringValue(text));

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    [GeneratedRegex(@"\{\{\s*(?<json>json\s+)?\.(?<name>\w*)\s*\}\}")]
    private static partial Regex Placeholder();
}
