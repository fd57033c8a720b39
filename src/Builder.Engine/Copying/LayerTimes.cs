using Builder.Linux.Files;
using Builder.Storage;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Copying;

/// <summary>
/// The times that files of a finished stage have in its layers. In the stage itself a file that RUN wrote has the time of day at
/// which it was written; its layer says that it is as old as its step. A copy takes what the layer says, or the clock would get
/// into it.
/// </summary>
internal sealed class LayerTimes : IDisposable
{
    private readonly List<(RootDirectory Files, long Seconds)> steps = [];
    private readonly long oldest = long.MaxValue;

    private LayerTimes(BuilderStore store, Snapshot top)
    {
        for (Snapshot? layer = top; layer is not null; layer = layer.IsWhole ? null : store.Snapshots.ParentOf(layer))
        {
            if (store.Snapshots.CreatedOf(layer) is { } created)
            {
                var seconds = created.ToUnixTimeSeconds();
                steps.Add((RootDirectory.Open(layer.Path), seconds));
                oldest = Math.Min(oldest, seconds);
            }
        }
    }

    /// <summary>Null when no step made any of it, so that all times are right as they are.</summary>
    public static LayerTimes? Of(BuilderStore store, Snapshot? top)
    {
        var times = top is null ? null : new LayerTimes(store, top);
        return times is { steps.Count: > 0 } ? times : null;
    }

    /// <summary>The time of a file as its layer has it.</summary>
    /// <param name="path">Below the root.</param>
    public FileTime Of(byte[] path, FileTime modified)
    {
        if (modified.Seconds <= oldest)
        {
            return modified;
        }

        foreach (var (files, seconds) in steps)
        {
            if (files.TryLstat(path) is not null)
            {
                return modified.Seconds > seconds ? new FileTime(seconds) : modified;
            }
        }

        return modified;
    }

    public void Dispose()
    {
        foreach (var (files, _) in steps)
        {
            files.Dispose();
        }
    }
}
