using Builder.Engine.Pulling;
using Builder.Oci;

namespace Builder.Cli.Displays;

/// <summary>
/// A pull as it goes on: on a terminal a line a layer with what has arrived and how fast, drawn again ten times a second;
/// elsewhere a line when a layer is there.
/// </summary>
internal sealed class PullDisplay : IPullEvents, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Lock gate = new();
    private readonly List<Row> rows = [];
    private readonly List<string> history = [];
    private readonly TimeProvider time;
    private readonly Action<string> writeLine;
    private readonly LiveRegion? region;
    private readonly ITimer? timer;

    /// <param name="write">Takes text for a terminal as it is; null when there is none to draw on.</param>
    /// <param name="writeLine">Takes lines where there is no terminal.</param>
    public PullDisplay(Action<string>? write, Action<string> writeLine, TimeProvider time)
    {
        this.time = time;
        this.writeLine = writeLine;
        if (write is not null)
        {
            region = new LiveRegion(write, () => Terminal.Size, Terminal.Rewraps);
            timer = time.CreateTimer(_ => Draw(), null, Interval, Interval);
        }
    }

    public void Wanted(Descriptor blob, bool isPresent)
    {
        lock (gate)
        {
            if (isPresent)
            {
                Say($"{blob.Digest.Short}: already there");
            }
            else
            {
                rows.Add(new Row(blob, time.GetTimestamp()));
            }
        }
    }

    public void Progress(Descriptor blob, long bytes)
    {
        lock (gate)
        {
            if (rows.Find(row => row.Blob.Digest == blob.Digest) is { } row)
            {
                row.Before ??= bytes;
                row.Bytes = bytes;
            }
        }
    }

    public void Done(Descriptor blob)
    {
        lock (gate)
        {
            if (rows.Find(row => row.Blob.Digest == blob.Digest) is { } row)
            {
                rows.Remove(row);
                Say(Finished(row));
            }
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        lock (gate)
        {
            region?.Close([.. history]);
            history.Clear();
        }
    }

    private void Draw()
    {
        lock (gate)
        {
            var width = Math.Max(Terminal.Size.Columns - 1, 20);
            region!.Draw([.. history], [.. rows.Take(Math.Max(Terminal.Size.Rows - 2, 1)).Select(row => Running(row)).Select(line => line.Length > width ? line[..width] : line)]);
            history.Clear();
        }
    }

    private void Say(string line)
    {
        if (region is null)
        {
            writeLine(line);
        }
        else
        {
            history.Add(line);
        }
    }

    private string Running(Row row) =>
        $"{row.Blob.Digest.Short}: {Sizes.Format(row.Bytes)} of {Sizes.Format(row.Blob.Size)}{(Speed(row) is { } speed ? $", {speed}" : "")}";

    private string Finished(Row row)
    {
        var kept = row.Before is > 0 and var before ? $", {Sizes.Format(before)} of it from before" : "";
        return $"{row.Blob.Digest.Short}: {Sizes.Format(row.Blob.Size)} pulled{(Speed(row) is { } speed ? $", {speed}" : "")}{kept}";
    }

    private string? Speed(Row row)
    {
        var seconds = time.GetElapsedTime(row.Began).TotalSeconds;
        var bytes = row.Bytes - (row.Before ?? 0);
        return seconds > 0.01 && bytes > 0 ? $"{Sizes.Format((long)(bytes / seconds))}/s" : null;
    }

    private sealed class Row(Descriptor blob, long began)
    {
        public Descriptor Blob => blob;

        public long Began => began;

        public long Bytes { get; set; }

        /// <summary>What was there from earlier runs.</summary>
        public long? Before { get; set; }
    }
}
