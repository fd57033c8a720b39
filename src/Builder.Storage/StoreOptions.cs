namespace Builder.Storage;

/// <summary>How much of what is written must have reached the disk before it becomes visible.</summary>
public enum FsyncPolicy
{
    /// <summary>Nothing: after a power cut the store may hold files that are empty or torn; fit for a throw-away store.</summary>
    Never,

    /// <summary>Blobs and names. Snapshots and the step cache, which can be made again, are left to the kernel.</summary>
    Commit,

    /// <summary>Everything; snapshots by a sync of the store's file system before each becomes visible.</summary>
    Always,
}

public sealed record StoreOptions
{
    /// <summary>The store's folder; created, with mode 0700, when it does not exist.</summary>
    public required string Root { get; init; }

    /// <summary>How trees are stacked. Stores may be used with one and with the other; the images are the same.</summary>
    public Snapshots.Snapshotter Snapshotter { get; init; }

    public FsyncPolicy Fsync { get; init; } = FsyncPolicy.Commit;

    /// <summary>New layers are written as blobs at once, for other tools to read; else they are promised.</summary>
    public bool WritesLayers { get; init; }

    /// <summary>When an entry of the step cache was last of use is told by this clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told, in a sentence, of damage that the store gets along with.</summary>
    public Action<string>? Warn { get; init; }
}
