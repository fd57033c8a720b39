using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Builder.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>
/// What a container writes, as Docker's <c>json-file</c> keeps it: a JSON object a piece, with its stream and its time. When the file
/// is full the one before it goes and this takes its place, so a talkative container takes no more than twice the size.
/// </summary>
internal sealed class ContainerLog : IDisposable
{
    public const string OlderSuffix = ".1";
    private const long MaxSize = 16 << 20;
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string path;
    private readonly TimeProvider time;
    private readonly ArrayBufferWriter<byte> buffer = new();
    private FileStream file;

    public ContainerLog(string path, TimeProvider time)
    {
        this.path = path;
        this.time = time;
        file = Open();
    }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        buffer.ResetWrittenCount();
        foreach (var range in Lines(bytes))
        {
            using var json = new Utf8JsonWriter(buffer, Json);
            json.WriteStartObject();

            // What is no UTF-8 cannot be in JSON; a reader sees where it was.
            json.WriteString("log", Encoding.UTF8.GetString(bytes[range]));
            json.WriteString("stream", stream == OutputStream.Stdout ? "stdout" : "stderr");
            json.WriteString("time", time.GetUtcNow().UtcDateTime);
            json.WriteEndObject();
            json.Flush();
            buffer.Write("\n"u8);
        }

        if (file.Length + buffer.WrittenCount > MaxSize && file.Length > 0)
        {
            file.Dispose();
            File.Move(path, path + OlderSuffix, overwrite: true);
            file = Open();
        }

        file.Write(buffer.WrittenSpan);
        file.Flush();
    }

    public void Dispose() => file.Dispose();

    private FileStream Open() => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    private static List<Range> Lines(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<Range>();
        for (var start = 0; start < bytes.Length;)
        {
            var end = bytes[start..].IndexOf((byte)'\n') is >= 0 and var newline ? start + newline + 1 : bytes.Length;
            lines.Add(start..end);
            start = end;
        }

        return lines;
    }
}
