using System.Globalization;
using Builder.Diagnostics;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Cli.Displays;

/// <summary>
/// Progress as lines that never change, in the form that people's log scrapers know from BuildKit:
/// <c>#3 [2/4] RUN make</c>, <c>#3 0.123 gcc …</c>, <c>#3 DONE 2.1s</c>, <c>#3 CACHED</c>, <c>#3 ERROR: …</c>.
/// </summary>
/// <param name="toTerminal">A pipe gets what a step wrote; a terminal gets nothing that could take it over.</param>
internal sealed class PlainDisplay(Action<string> writeLine, bool toTerminal) : IBuildDisplay
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
                case VertexCached or VertexSkipped:
                    writeLine($"#{row.Number} CACHED");
                    break;
                case VertexMissed missed:
                    writeLine($"#{row.Number} not cached: {Terminal.Harmless(missed.Why)}");
                    break;
                case VertexLog log:
                    (log.Stream == 1 ? row.Output : row.Error).Add(log.Data.Span, line => WriteLog(row, line, log.Time));
                    break;
                case VertexProgress progress when progress.Current == progress.Total:
                    writeLine($"#{row.Number} {Terminal.Harmless(progress.Name)} {Sizes.Format(progress.Current)} done");
                    break;
                case VertexWarning warning:
                    writeLine(ErrorDisplay.Render(warning.Warning));
                    break;
                case VertexCompleted:
                    End(row, buildEvent.Time, $"DONE {Seconds(buildEvent.Time - row.Started)}s");
                    break;
                case VertexCanceled:
                    End(row, buildEvent.Time, "CANCELED");
                    break;
                case VertexFailed failed:
                    End(row, buildEvent.Time, $"ERROR: {Terminal.Harmless(failed.Error.Message)}");
                    break;
            }
        }
    }

    public void Warn(Diagnostic remark)
    {
        lock (gate)
        {
            writeLine(ErrorDisplay.Render(remark));
        }
    }

    public void Dispose()
    {
    }

    private Row RowOf(BuildEvent buildEvent)
    {
        if (!rows.TryGetValue(buildEvent.Vertex.Digest, out var row))
        {
            row = new Row(rows.Count + 1, buildEvent.Time);
            rows.Add(buildEvent.Vertex.Digest, row);
            writeLine($"#{row.Number} {Terminal.Harmless(buildEvent.Vertex.ToString())}");
        }

        return row;
    }

    private void End(Row row, DateTimeOffset time, string fate)
    {
        row.Output.Flush(line => WriteLog(row, line, time));
        row.Error.Flush(line => WriteLog(row, line, time));
        writeLine($"#{row.Number} {fate}");
    }

    private void WriteLog(Row row, string line, DateTimeOffset time) =>
        writeLine($"#{row.Number} {Seconds(time - row.Started)} {(toTerminal ? Terminal.Harmless(line) : line)}");

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    private sealed record Row(int Number, DateTimeOffset Started)
    {
        public LineSplitter Output { get; } = new();

        public LineSplitter Error { get; } = new();
    }
}
