using Builder.Engine.Transfers;

namespace Builder.Cli.Displays;

/// <summary>
/// Pieces of images on their way: on a terminal one line for each that moves, with bytes and speed; elsewhere a line for each
/// that has arrived.
/// </summary>
internal sealed class TransferDisplay : IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private readonly TimeProvider time;
    private readonly LiveRegion? region;
    private readonly Action<string> writeLine;
    private readonly Func<(int Columns, int Rows)> size;
    private readonly Dictionary<string, Row> moving = new(StringComparer.Ordinal);
    private readonly List<string> history = [];
    private readonly Lock gate = new();
    private long lastDrawn;

    /// <param name="region">Null where lines cannot be drawn again.</param>
    internal TransferDisplay(TimeProvider time, LiveRegion? region, Action<string> writeLine, Func<(int Columns, int Rows)> size)
    {
        this.time = time;
        this.region = region;
        this.writeLine = writeLine;
        this.size = size;
    }

    /// <summary>For standard error; says nothing at all when it is to be quiet.</summary>
    public static TransferDisplay Open(bool quiet) => new(
        TimeProvider.System,
        !quiet && Terminal.CanRedraw ? new LiveRegion(Terminal.WriteError, () => Terminal.Size, Terminal.Rewraps) : null,
        quiet ? _ => { } : Terminal.WriteErrorLine,
        () => Terminal.Size);

    public void Show(TransferEvent transfer)
    {
        lock (gate)
        {
            if (transfer.Stage == TransferStage.Moving)
            {
                RowOf(transfer).Current = transfer.Current;
                Draw(isDue: time.GetElapsedTime(lastDrawn) >= Redraw);
                return;
            }

            var line = Finished(transfer);
            moving.Remove(transfer.Piece);
            if (region is null)
            {
                writeLine(line);
                return;
            }

            history.Add(line);
            Draw(isDue: true);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            moving.Clear();
            region?.Close(history);
            history.Clear();
        }
    }

    private string Finished(TransferEvent transfer) => Terminal.Harmless(transfer.Stage switch
    {
        TransferStage.Existed => $"{transfer.Piece} is there already",
        TransferStage.Mounted => $"{transfer.Piece} taken from another repository of the registry, {Sizes.Format(transfer.Current)}",
        _ when moving.TryGetValue(transfer.Piece, out var row) => $"{transfer.Piece} {Sizes.Format(transfer.Current)} done, {Speed(row, transfer.Current)}",
        _ => $"{transfer.Piece} {Sizes.Format(transfer.Current)} done",
    });

    private Row RowOf(TransferEvent transfer)
    {
        if (!moving.TryGetValue(transfer.Piece, out var row))
        {
            moving.Add(transfer.Piece, row = new Row(time.GetTimestamp(), transfer.Total));
        }

        return row;
    }

    private void Draw(bool isDue)
    {
        if (region is null || !isDue)
        {
            return;
        }

        lastDrawn = time.GetTimestamp();
        var (columns, rows) = size();
        var lines = moving
            .Take(Math.Max(1, rows - 1))
            .Select(entry => Terminal.Harmless($"{entry.Key} {Sizes.Format(entry.Value.Current)}{(entry.Value.Total is { } total ? $" of {Sizes.Format(total)}" : "")}, {Speed(entry.Value, entry.Value.Current)}"))
            .Select(line => line.Length < columns ? line : line[..Math.Max(0, columns - 1)])
            .ToArray();
        region.Draw([.. history], lines);
        history.Clear();
    }

    private string Speed(Row row, long bytes) =>
        time.GetElapsedTime(row.Started).TotalSeconds is > 0.05 and var seconds ? $"{Sizes.Format((long)(bytes / seconds))}/s" : "at once";

    private sealed class Row(long started, long? total)
    {
        public long Started => started;

        public long? Total => total;

        public long Current { get; set; }
    }
}
