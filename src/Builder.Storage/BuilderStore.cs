using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Linux.Isolation;
using Builder.Oci;
using Builder.Storage.CacheMounts;
using Builder.Storage.Containers;
using Builder.Storage.Content;
using Builder.Storage.Garbage;
using Builder.Storage.Hints;
using Builder.Storage.Layers;
using Builder.Storage.Leases;
using Builder.Storage.Names;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;
using Builder.Storage.Transfers;

namespace Builder.Storage;

/// <summary>
/// Everything that Builder keeps, in one folder that several processes may use at once (spec/store.md):
/// <code>
/// oci-layout, index.json, blobs/sha256/…   content: an OCI image layout
/// names/…                                  references → manifests
/// snapshots/&lt;id&gt;/…, chains/…              unpacked layers and finished steps; stacks of layers that steps made
/// layers/…                                 diff ID → where the layer's bytes come from
/// cache/…                                  step key → result
/// partial/…                                blobs of which a part has arrived
/// transfers/…                              what layers become when compressed, and where blobs were seen
/// hints/&lt;kind&gt;/…                           what is good to know and can be found out again
/// mounts-cache/&lt;key&gt;/…                     directories of RUN --mount=type=cache
/// containers/&lt;id&gt;/…                       working containers
/// leases/, tmp/                            what is in use; what may be swept
/// </code>
/// Crash-only: what is visible is whole, what a killed process leaves is in tmp/ and goes when the store is next opened.
/// </summary>
public sealed class BuilderStore : IDisposable
{
    private const int LayoutVersion = 2;
    private const string MarkerFile = "builder.json";
    private readonly TempFolder temp;
    private readonly Action<string>? warn;

    private BuilderStore(string root, TempFolder temp, bool readOnly, AtomicFile files, StoreOptions options, bool userXattrs)
    {
        Root = root;
        IsReadOnly = readOnly;
        WritesLayers = options.WritesLayers;
        this.temp = temp;
        warn = options.Warn;

        // Names and content are worth a wait for the disk; what can be computed again is not.
        var records = new AtomicFile(temp, options.Fsync == FsyncPolicy.Always ? FsyncPolicy.Always : FsyncPolicy.Never, options.Warn);
        Leases = new StoreLeases(Path.Combine(root, "leases"), records, readOnly);
        Content = new ContentStore(root, temp, files, options.Fsync, Leases);
        LayoutIndex = new LayoutIndexFile(root, files, Content, Leases);
        Names = new ImageNames(Path.Combine(root, "names"), files, Content, Leases, LayoutIndex);
        Chains = new ChainRecords(Path.Combine(root, "chains"), records, Leases);
        Snapshots = new SnapshotStore(root, temp, records, options.Fsync, Leases, Chains, userXattrs, options.Snapshotter);
        LayerRecords = new LayerRecords(Path.Combine(root, "layers"), records, Leases);
        Hints = new HintStore(Path.Combine(root, "hints"), records, readOnly, options.Time);
        Layers = new LayerStore(LayerRecords, records, Content, Snapshots, Hints);
        Steps = new StepCache(Path.Combine(root, "cache"), records, Snapshots, Leases, options.Time);
        CacheMounts = new CacheMountStore(Path.Combine(root, "mounts-cache"), temp, records, readOnly);
        Containers = new ContainerStore(Path.Combine(root, "containers"), temp, files, records, Snapshots, Leases);
        Time = options.Time;
        Transfers = new TransferMemory(Path.Combine(root, "transfers"), records, readOnly);
    }

    public string Root { get; }

    public ContentStore Content { get; }

    public ImageNames Names { get; }

    public SnapshotStore Snapshots { get; }

    public LayerStore Layers { get; }

    public StepCache Steps { get; }

    public TransferMemory Transfers { get; }

    /// <summary>What is good to know and never needed.</summary>
    public HintStore Hints { get; }

    /// <summary>What steps keep for themselves from one build to the next.</summary>
    public CacheMountStore CacheMounts { get; }

    /// <summary>Containers that outlive the command that made them.</summary>
    public ContainerStore Containers { get; }

    /// <summary>The file system cannot be written: what is here can be read, and that is all.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whether a new image's layers are written as blobs at once, or promised.</summary>
    public bool WritesLayers { get; }

    internal StoreLeases Leases { get; }

    internal LayoutIndexFile LayoutIndex { get; }

    internal ChainRecords Chains { get; }

    internal LayerRecords LayerRecords { get; }

    internal TimeProvider Time { get; }

    /// <summary>Opens a store, making it when it is not there, and removes what dead processes left.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.UnusableStore"/>.</exception>
    public static BuilderStore Open(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var root = Path.GetFullPath(options.Root);
        try
        {
            return OpenAt(root, options);
        }
        catch (Exception e) when (IsReadOnlyFileSystem(e) && File.Exists(Path.Combine(root, MarkerFile)))
        {
            return OpenToRead(root, options);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            throw DiskErrors.Full(e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or LinuxException { Errno: Errno.EACCES or Errno.EPERM or Errno.EROFS })
        {
            throw new BuilderException(StorageErrors.UnusableStore, $"the store {root} cannot be used", "choose another folder with BUILDER_ROOT", inner: e);
        }
    }

    /// <summary>Says what is wrong with something of the store and stops nothing.</summary>
    public void Warn(string sentence) => warn?.Invoke(sentence);

    /// <summary>A path below the store for a file or folder in the making; swept with this process's other leavings.</summary>
    public string NewTemporaryPath() => temp.NewPath();

    /// <summary>
    /// Removes what nothing refers to, and of the rest what the policy gives up. What a running build, container or other
    /// process holds stays. No build of this process may run meanwhile: what it holds itself, it lets go of.
    /// </summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Corrupt"/>: a record is damaged that may keep something alive.</exception>
    public GarbageReport CollectGarbage(PrunePolicy policy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        RequireWritable();
        LetGo();
        return new GarbageCollector(this, policy).Collect(cancellationToken);
    }

    /// <summary>What takes how much, and what of it is in use. What this process has seen is not held any longer.</summary>
    public StoreUsage MeasureUsage()
    {
        LetGo();
        return StoreUsage.Measure(this);
    }

    /// <summary>Whether another process works with an image. What this one has seen is not held any longer.</summary>
    public bool IsUsedByOthers(Descriptor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        LetGo();
        if (IsReadOnly)
        {
            return false;
        }

        using var alone = Leases.OpenOwner();
        return !alone.TryTake(LeaseKey.OfBlob(image.Digest).Offset);
    }

    /// <summary>Nothing that this process has seen is held any longer.</summary>
    public void LetGo()
    {
        Snapshots.Forget();
        Leases.ReleaseAll();
    }

    public void Dispose()
    {
        temp.Dispose();
        Leases.Dispose();
    }

    internal void RequireWritable()
    {
        if (IsReadOnly)
        {
            throw DiskErrors.ReadOnly($"{Root} cannot be written");
        }
    }

    private static BuilderStore OpenAt(string root, StoreOptions options)
    {
        // Setuid programs of unpacked layers must be out of reach for other users (CVE-2021-41091).
        const uint OwnerOnly = 0x1c0;
        Directory.CreateDirectory(root);
        using (var directory = DirectoryHandle.Open(root))
        {
            directory.SetMode(DirectoryHandle.Self, OwnerOnly);
        }

        foreach (var folder in (ReadOnlySpan<string>)["blobs/sha256", "names", "snapshots", "chains", "layers", "cache", "transfers", "leases", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        var tmp = Path.Combine(root, "tmp");
        TempFolder.Sweep(tmp);
        var temp = TempFolder.Create(tmp);
        try
        {
            var files = new AtomicFile(temp, options.Fsync, options.Warn);
            var marker = Mark(root, files);
            var store = new BuilderStore(root, temp, readOnly: false, files, options, marker.UserXattrs);
            store.Snapshots.Create();
            store.LayoutIndex.Create();
            return store;
        }
        catch
        {
            temp.Dispose();
            throw;
        }
    }

    /// <summary>What a reader makes for itself, such as the upper folder of a container, is elsewhere then.</summary>
    private static BuilderStore OpenToRead(string root, StoreOptions options)
    {
        var temp = TempFolder.Create(Directory.CreateTempSubdirectory("builder-").FullName, ownsRoot: true);
        try
        {
            var files = new AtomicFile(temp, options.Fsync, options.Warn);
            return new BuilderStore(root, temp, readOnly: true, files, options, Mark(root, files).UserXattrs);
        }
        catch
        {
            temp.Dispose();
            throw;
        }
    }

    private static bool IsReadOnlyFileSystem(Exception e) => e switch
    {
        LinuxException linux => linux.Errno == Errno.EROFS,
        IOException io => (io.HResult & 0xffff) == (int)Errno.EROFS,
        BuilderException builder => builder.Code == StorageErrors.ReadOnlyStore,
        _ => false,
    };

    private static StoreRecord Mark(string root, AtomicFile files)
    {
        // An ordinary user outside a user namespace reads and writes the store that he unpacks layers into inside one.
        var ofUser = !UserNamespace.Current.IsInitial || !Environment.IsPrivilegedProcess;
        var path = Path.Combine(root, MarkerFile);
        if (ReadMarker(path) is not { } record)
        {
            record = new StoreRecord(LayoutVersion, ofUser);
            files.Write(Path.Combine(root, OciLayout.FileName), OciJson.Write(OciLayout.Current));
            files.Write(path, StorageJson.Write(record, StorageJson.Types.StoreRecord));
        }

        if (record.Version != LayoutVersion)
        {
            throw new BuilderException(StorageErrors.UnusableStore, $"the store {root} has version {record.Version}, this program writes version {LayoutVersion}", "choose another folder with BUILDER_ROOT, or remove this one");
        }

        if (ofUser && !record.UserXattrs)
        {
            throw new BuilderException(
                StorageErrors.UnusableStore,
                $"the store {root} was made by root, whose overlay marks cannot be read in a user namespace",
                "choose another folder with BUILDER_ROOT");
        }

        if (!ofUser && record.UserXattrs)
        {
            throw new BuilderException(
                StorageErrors.UnusableStore,
                $"the store {root} was made by an ordinary user, whose overlay marks root would not see",
                "use it as that user, or choose another folder with BUILDER_ROOT");
        }

        return record;
    }

    /// <summary>Without the check that other records have: a version that has none must be recognised too.</summary>
    private static StoreRecord? ReadMarker(string path)
    {
        try
        {
            return AtomicFile.TryRead(path, StorageJson.MaxRecordSize) is { Length: > 0 } json
                ? System.Text.Json.JsonSerializer.Deserialize(json, StorageJson.Types.StoreRecord)
                : null;
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new BuilderException(StorageErrors.UnusableStore, $"{path} is damaged, so the store cannot be used: {e.Message}", inner: e);
        }
    }
}
