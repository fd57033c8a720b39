using Builder.Diagnostics;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Cli.Displays;

/// <summary>
/// Progress on a terminal: what is over scrolls up, one line a step, steps from the cache folded into one; what runs is drawn
/// below it, with a clock and the last lines of output. Drawn by a timer, so that no step ever waits for the terminal, and only when something changed.
/// </summary>
internal sealed class TerminalDisplay : IBuildDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Lock drawing = new();
    private readonly Dictionary<Digest, StepRow> running = [];
    private readonly List<Digest> order = [];
    private readonly Func<(int Columns, int Rows)> size;
    private readonly Style style;
    private readonly TimeProvider time;
    private readonly LiveRegion region;
    private readonly ITimer timer;
    private List<string> history = [];
    private bool closed;

    private readonly CachedFold fold = new();

    /// <param name="rewraps">See <see cref="LiveRegion"/>.</param>
    public TerminalDisplay(Action<string> write, Func<(int Columns, int Rows)> size, bool hasColor, bool rewraps, TimeProvider time)
    {
        this.size = size;
        this.time = time;
        style = new Style(hasColor);
        region = new LiveRegion(write, size, rewraps);
        timer = time.CreateTimer(_ => Tick(), null, Interval, Timeout.InfiniteTimeSpan);
    }

    public void Publish(BuildEvent buildEvent)
    {
        lock (gate)
        {
            switch (buildEvent)
            {
                case VertexCached or VertexSkipped:
                    Forget(buildEvent);
                    fold.Add(buildEvent.Vertex.ToString());
                    break;
                case VertexCompleted:
                    End(buildEvent, null);
                    break;
                case VertexCanceled:
                    End(buildEvent, "CANCELED");
                    break;
                case VertexFailed:
                    End(buildEvent, "ERROR");
                    break;
                case VertexStarted:
                    RowOf(buildEvent);
                    break;
                case VertexMissed missed:
                    AddHistory(Terminal.Harmless($"   {buildEvent.Vertex} not cached: {missed.Why}"));
                    break;
                case VertexLog log:
                    RowOf(buildEvent).Add(log);
                    break;
                case VertexProgress progress:
                    RowOf(buildEvent).Add(progress);
                    break;
                case VertexWarning warning:
                    AddHistory(warning.Warning);
                    break;
            }
        }
    }

    public void Warn(Diagnostic remark)
    {
        lock (gate)
        {
            AddHistory(remark);
        }
    }

    /// <summary>Leaves the terminal as it was found, with all that is over told.</summary>
    public void Dispose()
    {
        timer.Dispose();
        lock (drawing)
        {
            if (!closed)
            {
                closed = true;
                lock (gate)
                {
                    Unfold();
                }

                region.Close(TakeHistory());
            }
        }
    }

    private void Tick()
    {
        lock (drawing)
        {
            if (closed)
            {
                return;
            }

            List<string> lines;
            IReadOnlyList<string> above;
            lock (gate)
            {
                above = TakeHistory();
                lines = Lines();
            }

            region.Draw(above, lines);

            // Set anew each time: a terminal that is slow to take what is written gets less of it.
            timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private List<string> TakeHistory()
    {
        lock (gate)
        {
            var taken = history;
            history = [];
            return taken;
        }
    }

    /// <summary>What runs, within the window: steps first, then as much as there is room for of what they say.</summary>
    private List<string> Lines()
    {
        var (columns, rows) = Room();
        var now = time.GetUtcNow();
        IReadOnlyList<string> folded = fold.Line(columns, style) is { } line ? [line] : [];
        var shown = Math.Min(order.Count, Math.Max(0, rows - folded.Count));
        var details = shown == 0 ? 0 : Math.Clamp(((rows - folded.Count) / shown) - 1, 0, StepRow.MaxDetails);
        return [.. folded, .. order.Take(shown).SelectMany(step => running[step].Running(now, columns, details, style))];
    }

    /// <summary>The last column stays free, where terminals differ on when a line wraps, and the last rows, for the cursor.</summary>
    private (int Columns, int Rows) Room()
    {
        var (columns, rows) = size();
        return (Math.Max(columns - 1, 1), Math.Max(rows - 2, 1));
    }

    private StepRow RowOf(BuildEvent buildEvent)
    {
        if (!running.TryGetValue(buildEvent.Vertex.Digest, out var row))
        {
            row = new StepRow(buildEvent.Vertex.ToString(), buildEvent.Time);
            running.Add(buildEvent.Vertex.Digest, row);
            order.Add(buildEvent.Vertex.Digest);
        }

        return row;
    }

    private void End(BuildEvent buildEvent, string? fate)
    {
        AddHistory(RowOf(buildEvent).Finished(fate, buildEvent.Time, Room().Columns, style));
        Forget(buildEvent);
    }

    private void Forget(BuildEvent buildEvent)
    {
        running.Remove(buildEvent.Vertex.Digest);
        order.Remove(buildEvent.Vertex.Digest);
    }

    /// <summary>What is told next comes after the steps that were found in the cache.</summary>
    private void Unfold()
    {
        if (fold.Line(Room().Columns, style) is { } line)
        {
            history.Add(line);
            fold.Clear();
        }
    }

    private void AddHistory(params IEnumerable<string> lines)
    {
        Unfold();
        history.AddRange(lines);
    }

    /// <summary>Not cut to the window: nothing is drawn over what has scrolled up, so it may wrap.</summary>
    private void AddHistory(Diagnostic remark) => AddHistory(ErrorDisplay.Render(remark).Split('\n'));
}
