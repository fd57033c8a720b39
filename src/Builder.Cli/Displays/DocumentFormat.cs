using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Builder.Cli.Templates;

namespace Builder.Cli.Displays;

/// <summary>
/// JSON documents as <c>docker inspect</c> prints them: all in one array laid out for people, with <c>--format json</c> each on a
/// line of its own, else each through a <see cref="Template"/>.
/// </summary>
internal static class DocumentFormat
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentSize = 4, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="documents">Each writes one JSON object.</param>
    public static void Write(string? format, IEnumerable<Action<Utf8JsonWriter>> documents)
    {
        if (format is null or "")
        {
            Terminal.WriteLine(ArrayOf(documents));
            return;
        }

        var template = Template.Parse(format == "json" ? "{{json .}}" : format);
        foreach (var document in documents)
        {
            var text = template.Render(ValueOf(document));

            // A script gets what is there; a person's terminal is not for documents from outside to command.
            Terminal.WriteLine(Terminal.OutputIsTerminal ? string.Join('\n', text.Split('\n').Select(Terminal.Harmless)) : text);
        }
    }

    private static string ArrayOf(IEnumerable<Action<Utf8JsonWriter>> documents) => Encoding.UTF8.GetString(Written(Indented, json =>
    {
        json.WriteStartArray();
        foreach (var document in documents)
        {
            document(json);
        }

        json.WriteEndArray();
    }).WrittenSpan);

    private static object? ValueOf(Action<Utf8JsonWriter> document)
    {
        using var parsed = JsonDocument.Parse(Written(default, document).WrittenMemory);
        return Template.ValueOf(parsed.RootElement);
    }

    private static ArrayBufferWriter<byte> Written(JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, options);
        write(json);
        json.Flush();
        return buffer;
    }
}
