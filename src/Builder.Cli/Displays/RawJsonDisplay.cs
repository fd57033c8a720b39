using System.Text;
using System.Text.Json;
using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Graph;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Cli.Displays;

/// <summary>
/// Progress for programs: an object a line, with the names that BuildKit's <c>SolveStatus</c> has (vertexes, statuses, logs,
/// warnings). What it has no name for is left out there and added here: <c>skipped</c> and <c>canceled</c> of a vertex, <c>why</c> it
/// was not cached, and its <c>usage</c>. What ends the build is a line of its own (<see cref="RawJsonErrors"/>).
/// </summary>
internal sealed class RawJsonDisplay(Action<string> writeLine) : IBuildDisplay
{
    private readonly Lock gate = new();
    private readonly Dictionary<Digest, DateTimeOffset> started = [];

    public void Publish(BuildEvent buildEvent)
    {
        lock (gate)
        {
            switch (buildEvent)
            {
                case VertexLog log:
                    WriteList("logs", json => WriteLog(json, log));
                    break;
                case VertexProgress progress:
                    WriteList("statuses", json => WriteStatus(json, progress));
                    break;
                case VertexWarning warning:
                    WriteList("warnings", json => WriteWarning(json, warning.Warning, warning.Vertex.Digest));
                    break;
                default:
                    WriteList("vertexes", json => WriteVertex(json, buildEvent));
                    break;
            }
        }
    }

    public void Warn(Diagnostic remark)
    {
        lock (gate)
        {
            WriteList("warnings", json => WriteWarning(json, remark, null));
        }
    }

    public void Dispose()
    {
    }

    private void WriteVertex(Utf8JsonWriter json, BuildEvent buildEvent)
    {
        var vertex = buildEvent.Vertex;
        var start = started.TryGetValue(vertex.Digest, out var known) ? known : buildEvent.Time;
        started[vertex.Digest] = start;
        json.WriteString("digest", vertex.Digest.ToString());
        if (vertex.Inputs.Count > 0)
        {
            json.WriteStartArray("inputs");
            foreach (var input in vertex.Inputs)
            {
                json.WriteStringValue(input.Digest.ToString());
            }

            json.WriteEndArray();
        }

        json.WriteString("name", vertex.ToString());
        json.WriteString("started", start);
        switch (buildEvent)
        {
            case VertexMissed missed:
                json.WriteString("why", missed.Why);
                return;
            case VertexUsage usage:
                json.WriteStartObject("usage");
                json.WriteNumber("cpuNanoseconds", usage.CpuTime.Ticks * TimeSpan.NanosecondsPerTick);
                if (usage.PeakMemory is { } peak)
                {
                    json.WriteNumber("peakMemoryBytes", peak);
                }

                json.WriteNumber("readBytes", usage.ReadBytes);
                json.WriteNumber("writtenBytes", usage.WrittenBytes);
                json.WriteEndObject();
                return;
            case VertexStarted:
                return;
            case VertexCached:
                json.WriteBoolean("cached", true);
                break;
            case VertexSkipped:
                json.WriteBoolean("cached", true);
                json.WriteBoolean("skipped", true);
                break;
            case VertexFailed failed:
                json.WriteString("error", failed.Error.Message);
                break;
            case VertexCanceled:
                json.WriteString("error", "context canceled");
                json.WriteBoolean("canceled", true);
                break;
        }

        json.WriteString("completed", buildEvent.Time);
    }

    private static void WriteLog(Utf8JsonWriter json, VertexLog log)
    {
        json.WriteString("vertex", log.Vertex.Digest.ToString());
        json.WriteNumber("stream", log.Stream);
        json.WriteBase64String("data", log.Data.Span);
        json.WriteString("timestamp", log.Time);
    }

    private static void WriteStatus(Utf8JsonWriter json, VertexProgress progress)
    {
        json.WriteString("id", progress.Name);
        json.WriteString("vertex", progress.Vertex.Digest.ToString());
        json.WriteString("name", progress.Name);
        json.WriteNumber("current", progress.Current);
        if (progress.Total is { } total)
        {
            json.WriteNumber("total", total);
        }

        json.WriteString("timestamp", progress.Time);
        if (progress.Current == progress.Total)
        {
            json.WriteString("completed", progress.Time);
        }
    }

    private static void WriteWarning(Utf8JsonWriter json, Diagnostic warning, Digest? vertex)
    {
        if (vertex is { } digest)
        {
            json.WriteString("vertex", digest.ToString());
        }

        json.WriteNumber("level", 1);
        json.WriteBase64String("short", Encoding.UTF8.GetBytes($"{warning.Rule}: {warning.Message}"));
        if (warning.Hint is { } hint)
        {
            json.WriteStartArray("detail");
            json.WriteBase64StringValue(Encoding.UTF8.GetBytes(hint));
            json.WriteEndArray();
        }

        if (CheckRules.Find(warning.Rule) is { } rule)
        {
            json.WriteString("url", rule.Url);
        }

        RawJson.WritePlace(json, warning.Span);
    }

    private void WriteList(string name, Action<Utf8JsonWriter> entry) => writeLine(RawJson.Line(name, entry));
}
