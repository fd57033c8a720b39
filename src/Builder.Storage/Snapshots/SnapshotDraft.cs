namespace Builder.Storage.Snapshots;

/// <summary>
/// A snapshot in the making: an empty upper folder over its parent, to be mounted with
/// <see cref="Linux.Files.OverlayMount"/>. Whoever mounted it must have closed the mount before <see cref="Commit"/>.
/// Disposing a draft that was not committed removes it.
/// </summary>
public sealed class SnapshotDraft : IAsyncDisposable
{
    private readonly SnapshotStore store;
    private readonly Snapshot? parent;
    private readonly string folder;
    private bool finished;

    internal SnapshotDraft(SnapshotStore store, Snapshot? parent, string folder, IReadOnlyList<string> lowerDirs, bool isWhole)
    {
        IsWhole = isWhole;
        this.store = store;
        this.parent = parent;
        this.folder = folder;
        LowerDirs = lowerDirs;
    }

    /// <summary>The parent's folders, the top-most first; never empty, since overlayfs needs one.</summary>
    public IReadOnlyList<string> LowerDirs { get; }

    /// <summary>There is no overlay to mount: <see cref="UpperDir"/> is a copy of the whole tree, to be changed in place.</summary>
    public bool IsWhole { get; }

    public string UpperDir => Path.Combine(folder, SnapshotStore.TreeFolder);

    public string WorkDir => Path.Combine(folder, SnapshotStore.WorkFolder);

    /// <summary>Overlayfs over <see cref="LowerDirs"/>, as this store's folders have to be mounted.</summary>
    public Linux.Files.OverlayLayers Overlay => new()
    {
        Lowers = LowerDirs,
        Upper = UpperDir,
        Work = WorkDir,
        UserXattrs = store.UserXattrs,
    };

    /// <summary>The tree as a step sees it; what is written there is what the snapshot will have.</summary>
    public Linux.Files.RootDirectory Mount() =>
        IsWhole ? Linux.Files.RootDirectory.Open(UpperDir) : Linux.Files.OverlayMount.Mount(Overlay);

    /// <summary>Turns the upper folder, as it is now, into a snapshot on top of the parent.</summary>
    /// <param name="created">When the step was run: what the image's history says of it, also when it is found again later.</param>
    public Snapshot Commit(DateTimeOffset created)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        var snapshot = store.Publish(folder, parent, created, IsWhole);
        finished = true;
        return snapshot;
    }

    /// <summary>Makes the draft, with what is added to its folder, something else than a snapshot: a container's own tree.</summary>
    internal void MoveTo(string place, Action<string> add)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        add(folder);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        Directory.Move(folder, place);
        finished = true;
    }

    public ValueTask DisposeAsync()
    {
        if (!finished)
        {
            finished = true;
            SnapshotStore.RemoveFolder(folder);
        }

        return ValueTask.CompletedTask;
    }
}
