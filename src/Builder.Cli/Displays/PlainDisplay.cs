using System.Globalization;
using System.Text;
using Builder.Graph;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Cli.Displays;

/// <summary>
/// Progress as lines that never change, in the form that people's log scrapers know from BuildKit:
/// <c>#3 [2/4] RUN make</c>, <c>#3 0.123 gcc …</c>, <c>#3 DONE 2.1s</c>, <c>#3 CACHED</c>, <c>#3 ERROR: …</c>.
/// </summary>
internal sealed class PlainDisplay : IBuildEvents
{
    private readonly Lock gate = new();
    private readonly Dictionary<Digest, Row> rows = [];

    public void Publish(BuildEvent buildEvent)
    {
        lock (gate)
        {
            var row = RowOf(buildEvent);
            switch (buildEvent)
            {
                case VertexStarted:
                    break;
                case VertexCached or VertexSkipped:
                    Write($"#{row.Number} CACHED");
                    break;
                case VertexLog log:
                    WriteLog(row, log);
                    break;
                case VertexProgress progress when progress.Current == progress.Total:
                    Write($"#{row.Number} {progress.Name} {Sizes.Format(progress.Current)} done");
                    break;
                case VertexProgress:
                    break;
                case VertexWarning warning:
                    ErrorDisplay.Write(warning.Warning);
                    break;
                case VertexCompleted:
                    FlushLines(row, buildEvent.Time);
                    Write($"#{row.Number} DONE {Seconds(buildEvent.Time - row.Started)}s");
                    break;
                case VertexCanceled:
                    FlushLines(row, buildEvent.Time);
                    Write($"#{row.Number} CANCELED");
                    break;
                case VertexFailed failed:
                    FlushLines(row, buildEvent.Time);
                    Write($"#{row.Number} ERROR: {Terminal.Harmless(failed.Error.Message)}");
                    break;
            }
        }
    }

    private Row RowOf(BuildEvent buildEvent)
    {
        if (!rows.TryGetValue(buildEvent.Vertex.Digest, out var row))
        {
            row = new Row(rows.Count + 1, buildEvent.Time);
            rows.Add(buildEvent.Vertex.Digest, row);
            Write($"#{row.Number} {Terminal.Harmless(buildEvent.Vertex.ToString())}");
        }

        return row;
    }

    private static void WriteLog(Row row, VertexLog log)
    {
        var partial = log.Stream == 1 ? row.Output : row.Error;
        foreach (var b in log.Data.Span)
        {
            if (b == (byte)'\n')
            {
                WriteLogLine(row, partial, log.Time);
            }
            else
            {
                partial.Add(b);
            }
        }
    }

    private static void FlushLines(Row row, DateTimeOffset time)
    {
        foreach (var partial in (ReadOnlySpan<List<byte>>)[row.Output, row.Error])
        {
            if (partial.Count > 0)
            {
                WriteLogLine(row, partial, time);
            }
        }
    }

    private static void WriteLogLine(Row row, List<byte> partial, DateTimeOffset time)
    {
        var line = Encoding.UTF8.GetString([.. partial]).TrimEnd('\r');
        partial.Clear();

        // A pipe gets what the step wrote; a terminal gets nothing that could take it over.
        Write($"#{row.Number} {Seconds(time - row.Started)} {(Terminal.ErrorIsTerminal ? Terminal.Harmless(line) : line)}");
    }

    private static void Write(string line) => Terminal.WriteErrorLine(line);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    private sealed class Row(int number, DateTimeOffset started)
    {
        public int Number { get; } = number;

        public DateTimeOffset Started { get; } = started;

        public List<byte> Output { get; } = [];

        public List<byte> Error { get; } = [];
    }
}
