using Builder.Storage.Snapshots;

namespace Builder.Storage.Containers;

/// <summary>A container of the store, as it was when it was looked up.</summary>
public sealed class StoredContainer
{
    internal const string RecordFile = "container.json";
    internal const string StateFile = "state.json";
    internal const string LockFile = "alive.lock";
    private readonly string folder;

    internal StoredContainer(string folder, ContainerRecord record, ContainerState state)
    {
        this.folder = folder;
        Record = record;
        State = state;
    }

    public ContainerRecord Record { get; }

    /// <summary>What is true of it: never running without somebody who looks after it.</summary>
    public ContainerState State { get; }

    public string Id => Record.Id;

    public string Name => Record.Name;

    public bool IsRunning => State.Status == ContainerStatus.Running;

    /// <summary>What it has changed, as overlayfs writes it; the whole tree where there is no overlay.</summary>
    public string UpperDir => Path.Combine(folder, SnapshotStore.TreeFolder);

    public string WorkDir => Path.Combine(folder, SnapshotStore.WorkFolder);

    /// <summary>For what it needs while it runs; made and removed by its supervisor.</summary>
    public string RunFolder => Path.Combine(folder, "run");

    /// <summary>What it has written to standard output and error.</summary>
    public string LogPath => Path.Combine(folder, "log.json");

    /// <summary>What its processes were when they were written down, for as long as that is kept.</summary>
    public string CheckpointFolder => Path.Combine(folder, "checkpoint");

    internal string Folder => folder;

    internal string LockPath => Path.Combine(folder, LockFile);
}
