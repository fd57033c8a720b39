using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Builder.Diagnostics;

namespace Builder.Cli.Displays;

/// <summary>What the lines of <c>--progress=rawjson</c> have in common.</summary>
internal static class RawJson
{
    /// <summary><c>{"name":[{…}]}</c>: a list of one, as BuildKit's clients expect it.</summary>
    public static string Line(string name, Action<Utf8JsonWriter> entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray(name);
            json.WriteStartObject();
            entry(json);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>BuildKit's <c>sourceInfo</c> and <c>range</c>: lines count from 1, characters from 0.</summary>
    public static void WritePlace(Utf8JsonWriter json, SourceSpan? span)
    {
        if (span is null)
        {
            return;
        }

        json.WriteStartObject("sourceInfo");
        json.WriteString("filename", span.Source.Path);
        json.WriteEndObject();
        json.WriteStartArray("range");
        json.WriteStartObject();
        WritePosition(json, "start", span.Source, span.Start);
        WritePosition(json, "end", span.Source, span.End);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePosition(Utf8JsonWriter json, string name, SourceText source, int offset)
    {
        var (line, column) = source.Position(offset);
        json.WriteStartObject(name);
        json.WriteNumber("line", line);
        json.WriteNumber("character", column - 1);
        json.WriteEndObject();
    }
}
