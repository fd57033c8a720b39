using System.Security.Cryptography;
using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Leases;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Containers;

/// <summary>
/// Working containers, <c>containers/&lt;id&gt;/{container.json,state.json,alive.lock,fs,work,run,log.json}</c> (spec/containers.md). A container
/// is made in the process's temporary folder and becomes visible, whole, by one rename; it goes by one, too. Who runs it, or
/// changes it, holds its lock.
/// </summary>
public sealed class ContainerStore
{
    private const int IdBytes = 32;
    private const string NamesLock = "names.lock";
    private readonly string folder;
    private readonly TempFolder temp;
    private readonly AtomicFile records;
    private readonly AtomicFile states;
    private readonly SnapshotStore snapshots;
    private readonly StoreLeases leases;

    internal ContainerStore(string folder, TempFolder temp, AtomicFile records, AtomicFile states, SnapshotStore snapshots, StoreLeases leases)
    {
        this.folder = folder;
        this.temp = temp;
        this.records = records;
        this.states = states;
        this.snapshots = snapshots;
        this.leases = leases;
    }

    /// <summary>A record for the way to another store.</summary>
    public static byte[] WriteRecord(ContainerRecord record, Platform platform) =>
        StorageJson.Write(new MovedContainer(record, platform), StorageJson.Types.MovedContainer);

    /// <summary>What <see cref="WriteRecord(ContainerRecord, Platform)"/> has written; null when it is damaged.</summary>
    public static (ContainerRecord Record, Platform Platform)? ReadRecord(byte[] content)
    {
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize(RecordCheck.Remove(content), StorageJson.Types.MovedContainer) is { } moved ? (moved.Record, moved.Platform) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    public static string NewId() => RandomNumberGenerator.GetHexString(2 * IdBytes, lowercase: true);

    /// <summary>Waits until no other command is on its way into the user namespace of this user's containers.</summary>
    public NamespaceMembers MeetOthers() => NamespaceMembers.WaitIn(folder);

    /// <summary>All containers, the newest first. Those whose record is damaged are left out, with a warning.</summary>
    public IReadOnlyList<StoredContainer> List() =>
        [.. Ids().Select(Read).OfType<StoredContainer>().OrderByDescending(container => container.Record.Created).ThenBy(container => container.Id, StringComparer.Ordinal)];

    /// <summary>A container by its name, its id, or the beginning of its id; null when there is none.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.AmbiguousContainer"/>.</exception>
    public StoredContainer? Find(string nameOrId)
    {
        ArgumentNullException.ThrowIfNull(nameOrId);
        var all = List();
        var name = nameOrId.TrimStart('/');
        if (all.FirstOrDefault(container => container.Name == name || container.Id == nameOrId) is { } exact)
        {
            return exact;
        }

        var matching = nameOrId.Length > 0 ? all.Where(container => container.Id.StartsWith(nameOrId, StringComparison.Ordinal)).ToArray() : [];
        return matching.Length > 1
            ? throw new BuilderException(StorageErrors.AmbiguousContainer, $"several containers have ids that begin with {nameOrId}", "give more of the id, or the name")
            : matching.FirstOrDefault();
    }

    /// <exception cref="BuilderException"><see cref="StorageErrors.NoSuchContainer"/>.</exception>
    public StoredContainer Get(string nameOrId) => Find(nameOrId) ?? throw new BuilderException(
        StorageErrors.NoSuchContainer,
        $"no such container: {nameOrId}",
        Suggestions.Nearest(nameOrId, List().Select(container => container.Name)) is { } near ? $"did you mean {near}?" : "'builder ps -a' lists what there is");

    /// <summary>The container as it is now; null when it is gone.</summary>
    public StoredContainer? Refresh(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return Read(container.Id);
    }

    /// <summary>Makes a container on top of a tree. What it stands on is kept from now on.</summary>
    /// <param name="record">With an id of <see cref="NewId"/>.</param>
    /// <param name="fill">Puts files into the new container's own tree before anybody sees it; null for an empty one.</param>
    /// <exception cref="BuilderException"><see cref="StorageErrors.ContainerNameTaken"/>.</exception>
    public async Task<StoredContainer> CreateAsync(ContainerRecord record, Snapshot? tree, Action<SnapshotDraft>? fill = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        await using var draft = snapshots.Begin(tree);
        fill?.Invoke(draft);
        record = record with { Snapshot = tree?.Id, IsWhole = draft.IsWhole };
        using var names = LockNames();
        RequireFree(record.Name);
        leases.Hold(LeaseKey.OfBlob(record.Manifest.Digest));
        leases.AnnounceRoot();
        draft.MoveTo(Path.Combine(folder, record.Id), place =>
        {
            records.Write(Path.Combine(place, StoredContainer.RecordFile), StorageJson.Write(record, StorageJson.Types.ContainerRecord));
            states.Write(Path.Combine(place, StoredContainer.StateFile), StorageJson.Write(new ContainerState(), StorageJson.Types.ContainerState));
        });
        return new StoredContainer(Path.Combine(folder, record.Id), record, new ContainerState());
    }

    /// <exception cref="BuilderException"><see cref="StorageErrors.ContainerNameTaken"/>.</exception>
    public void Rename(StoredContainer container, string name)
    {
        ArgumentNullException.ThrowIfNull(container);
        using var names = LockNames();
        RequireFree(name);
        WriteRecord(container.Folder, container.Record with { Name = name });
    }

    /// <summary>Takes a container alone, as it is then; null while somebody runs or changes it, or when it is gone.</summary>
    public ContainerHold? TryHold(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (!Directory.Exists(container.Folder) || FileLock.TryAcquire(container.LockPath) is not { } alive)
        {
            return null;
        }

        // Somebody may have removed it before the lock was taken; then the lock guards nothing.
        if (!File.Exists(container.LockPath) || ReadFiles(container.Id) is not { } found)
        {
            alive.Dispose();
            return null;
        }

        var state = found.State.Status == ContainerStatus.Running ? found.State.AfterLossOfSupervisor() : found.State;
        return new ContainerHold(this, new StoredContainer(container.Folder, found.Record, state), alive);
    }

    /// <summary>Waits until nobody runs the container. Blocks the calling thread.</summary>
    public static void WaitUntilFree(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (Directory.Exists(container.Folder))
        {
            FileLock.Share(container.LockPath).Dispose();
        }
    }

    /// <summary>The folders of a container's tree, the top-most first, without its own changes.</summary>
    public IReadOnlyList<string> LowerDirs(StoredContainer container) => snapshots.LowerDirs(TreeOf(container));

    /// <summary>What the container was made on; null for nothing.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/>.</exception>
    public Snapshot? TreeOf(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return container.Record.Snapshot is { } id ? snapshots.Get(id) : null;
    }

    /// <summary>
    /// The files of a container that does not run, to be read and written. Nobody may run it meanwhile: hold it.
    /// </summary>
    public RootDirectory OpenTree(ContainerHold hold)
    {
        ArgumentNullException.ThrowIfNull(hold);
        var container = hold.Container;
        return container.Record.IsWhole ? RootDirectory.Open(container.UpperDir) : OverlayMount.Mount(new OverlayLayers
        {
            Lowers = LowerDirs(container),
            Upper = container.UpperDir,
            Work = container.WorkDir,
            UserXattrs = snapshots.UserXattrs,
            IsKept = true,
        });
    }

    internal void WriteState(StoredContainer container, ContainerState state) =>
        states.Write(Path.Combine(container.Folder, StoredContainer.StateFile), StorageJson.Write(state, StorageJson.Types.ContainerState));

    internal void WriteRecord(string place, ContainerRecord record) =>
        records.Write(Path.Combine(place, StoredContainer.RecordFile), StorageJson.Write(record, StorageJson.Types.ContainerRecord));

    /// <summary>By one rename: nobody sees a container without some of its files.</summary>
    internal void Remove(StoredContainer container)
    {
        var aside = temp.NewPath();
        Directory.Move(container.Folder, aside);
        SnapshotStore.RemoveFolder(aside);
    }

    /// <summary>What is on the disk, whether it can be read or not.</summary>
    internal IEnumerable<string> Ids() => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(SnapshotStore.IsId).Order(StringComparer.Ordinal)
        : [];

    internal string PathOf(string id) => Path.Combine(folder, id, StoredContainer.RecordFile);

    /// <summary>Null when its record is missing or damaged.</summary>
    internal ContainerRecord? ReadRecord(string id) => records.TryReadRecord(PathOf(id), StorageJson.Types.ContainerRecord);

    private StoredContainer? Read(string id)
    {
        // The state first, and then who looks after it: a supervisor that ends in between has written its last word.
        for (var attempt = 0; ; attempt++)
        {
            if (ReadFiles(id) is not { State.Status: ContainerStatus.Running } container)
            {
                return ReadFiles(id);
            }

            using var free = FileLock.TryShare(container.LockPath);
            if (free is null)
            {
                return container;
            }

            if (ReadFiles(id) is not { State.Status: ContainerStatus.Running } still)
            {
                continue;
            }

            return new StoredContainer(still.Folder, still.Record, still.State.AfterLossOfSupervisor());
        }
    }

    private StoredContainer? ReadFiles(string id)
    {
        if (ReadRecord(id) is not { } record)
        {
            return null;
        }

        var place = Path.Combine(folder, id);
        var state = states.TryReadRecord(Path.Combine(place, StoredContainer.StateFile), StorageJson.Types.ContainerState);
        return new StoredContainer(place, record, state ?? new ContainerState { Status = ContainerStatus.Exited, Error = "the record of its state is damaged" });
    }

    private FileLock LockNames()
    {
        Directory.CreateDirectory(folder);
        return FileLock.Acquire(Path.Combine(folder, NamesLock));
    }

    private void RequireFree(string name)
    {
        if (Ids().Select(ReadRecord).FirstOrDefault(record => record?.Name == name) is { } other)
        {
            throw new BuilderException(
                StorageErrors.ContainerNameTaken,
                $"the name {name} is taken by the container {other.ShortId}",
                $"remove that one with 'builder rm {name}', or choose another name");
        }
    }
}
