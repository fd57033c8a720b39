using System.Globalization;
using Builder.Graph.Solving;

namespace Builder.Cli.Displays;

/// <summary>A step on a terminal: one line while it runs, with its last lines of output and its transfers below it.</summary>
internal sealed class StepRow(string name, DateTimeOffset started)
{
    /// <summary>How many lines below a step tell what it does.</summary>
    public const int MaxDetails = 4;

    private const string Head = "=> ";
    private const string Indent = "   | ";
    private readonly LineSplitter output = new();
    private readonly LineSplitter error = new();
    private readonly Queue<string> lastLines = new();
    private readonly Dictionary<string, Transfer> transfers = new(StringComparer.Ordinal);

    public void Add(VertexLog log) => (log.Stream == 1 ? output : error).Add(log.Data.Span, AddLine);

    public void Add(VertexProgress progress)
    {
        if (progress.Current == progress.Total)
        {
            transfers.Remove(progress.Name);
        }
        else
        {
            var first = transfers.TryGetValue(progress.Name, out var known) ? known.First : progress;
            transfers[progress.Name] = new Transfer(first, progress);
        }
    }

    /// <summary>The line that stays when the step is over.</summary>
    public string Finished(string? fate, DateTimeOffset now, int columns, Style style)
    {
        var clock = Clock(now - started);
        var end = fate switch
        {
            null => clock,
            "CACHED" => fate,
            _ => $"{fate} {clock}",
        };
        var line = Line(end, columns);
        return fate is null or "CACHED" ? style.Done(line) : style.Failed(line);
    }

    /// <summary>The lines of a step that runs.</summary>
    public IEnumerable<string> Running(DateTimeOffset now, int columns, int maxDetails, Style style)
    {
        yield return Line(Clock(now - started), columns);
        foreach (var detail in Details().TakeLast(maxDetails))
        {
            yield return style.Faint(Columns.Fit(Indent + detail, columns));
        }
    }

    private IEnumerable<string> Details() =>
        lastLines.Concat(transfers.OrderBy(transfer => transfer.Key, StringComparer.Ordinal).Select(transfer => transfer.Value.ToString()));

    private string Line(string end, int columns) =>
        Columns.Fit(Head + Columns.Fit(name, Math.Max(0, columns - Head.Length - 2 - end.Length)) + "  " + end, columns);

    private void AddLine(string line)
    {
        // A progress bar draws over itself: the last thing it drew is what it says.
        lastLines.Enqueue(line[(line.LastIndexOf('\r') + 1)..]);
        if (lastLines.Count > MaxDetails)
        {
            lastLines.Dequeue();
        }
    }

    internal static string Clock(TimeSpan time) => time.TotalSeconds < 60
        ? time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + "s"
        : $"{(long)time.TotalMinutes}m{time.Seconds:00}s";

    /// <summary>Bytes on their way, and how fast they are since the first news of them.</summary>
    private sealed record Transfer(VertexProgress First, VertexProgress Last)
    {
        private static readonly TimeSpan Meaningful = TimeSpan.FromMilliseconds(200);

        public override string ToString()
        {
            var elapsed = Last.Time - First.Time;
            var total = Last.Total is { } bytes ? $" / {Sizes.Format(bytes)}" : "";
            var speed = elapsed >= Meaningful ? $", {Sizes.Format((long)((Last.Current - First.Current) / elapsed.TotalSeconds))}/s" : "";
            return $"{Last.Name} {Sizes.Format(Last.Current)}{total}{speed}";
        }
    }
}
