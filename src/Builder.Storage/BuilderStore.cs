using System.Text;
using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Linux.Isolation;
using Builder.Oci;
using Builder.Storage.Content;
using Builder.Storage.Garbage;
using Builder.Storage.Layers;
using Builder.Storage.Leases;
using Builder.Storage.Names;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Storage;

/// <summary>
/// Everything that Builder keeps, in one folder that several processes may use at once:
/// <code>
/// oci-layout, blobs/sha256/…   content: an OCI image layout
/// names/…                      references → manifests
/// snapshots/&lt;id&gt;/…             unpacked layers and finished steps
/// layers/…                     diff ID → where the layer's bytes come from
/// cache/…                      step key → result
/// leases/, tmp/                who uses it; what may be swept
/// </code>
/// Crash-only: what is visible is whole, what a killed process leaves is in tmp/ and goes when the store is next opened.
/// </summary>
public sealed class BuilderStore : IDisposable
{
    private const int LayoutVersion = 1;
    private const string MarkerFile = "builder.json";
    private readonly TempFolder temp;
    private readonly StoreLease lease;

    private BuilderStore(string root, TempFolder temp, StoreLease lease, AtomicFile files, FsyncPolicy fsync, bool userXattrs, Snapshotter snapshotter)
    {
        Root = root;
        this.temp = temp;
        this.lease = lease;
        Content = new ContentStore(root, temp, files, fsync);
        Names = new ImageNames(Path.Combine(root, "names"), files, Content);

        // Names and content are worth a wait for the disk; what can be computed again is not.
        var records = new AtomicFile(temp, fsync == FsyncPolicy.Always ? fsync : FsyncPolicy.Never);
        Snapshots = new SnapshotStore(root, temp, records, fsync, userXattrs, snapshotter);
        Layers = new LayerStore(Path.Combine(root, "layers"), records, Content, Snapshots);
        Steps = new StepCache(Path.Combine(root, "cache"), records, Snapshots);
    }

    public string Root { get; }

    public ContentStore Content { get; }

    public ImageNames Names { get; }

    public SnapshotStore Snapshots { get; }

    public LayerStore Layers { get; }

    public StepCache Steps { get; }

    /// <summary>Opens a store, making it when it is not there, and removes what dead processes left.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.UnusableStore"/>.</exception>
    public static BuilderStore Open(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var root = Path.GetFullPath(options.Root);
        try
        {
            return OpenAt(root, options.Fsync, options.Snapshotter);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or LinuxException { Errno: Errno.EACCES or Errno.EPERM or Errno.EROFS })
        {
            throw new BuilderException(StorageErrors.UnusableStore, $"the store {root} cannot be used", "choose another folder with BUILDER_ROOT", inner: e);
        }
    }

    /// <summary>A path below the store for a file or folder in the making; swept with this process's other leavings.</summary>
    public string NewTemporaryPath() => temp.NewPath();

    /// <summary>
    /// Removes what nothing refers to: neither an image nor, unless they are to go too, the result of a step. No build of
    /// this process may run meanwhile; another process that has the store open makes it refuse.
    /// </summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.InUse"/>.</exception>
    public GarbageReport CollectGarbage(bool keepSteps, CancellationToken cancellationToken = default)
    {
        using var alone = lease.TryBeAlone()
            ?? throw new BuilderException(StorageErrors.InUse, $"another process uses the store {Root}", "try again when it is done");
        return new GarbageCollector(this).Collect(keepSteps, cancellationToken);
    }

    public void Dispose()
    {
        temp.Dispose();
        lease.Dispose();
    }

    private static BuilderStore OpenAt(string root, FsyncPolicy fsync, Snapshotter snapshotter)
    {
        // Setuid programs of unpacked layers must be out of reach for other users (CVE-2021-41091).
        const uint OwnerOnly = 0x1c0;
        Directory.CreateDirectory(root);
        using (var directory = DirectoryHandle.Open(root))
        {
            directory.SetMode(DirectoryHandle.Self, OwnerOnly);
        }

        foreach (var folder in (ReadOnlySpan<string>)["blobs/sha256", "names", "snapshots", "layers", "cache", "leases", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        var tmp = Path.Combine(root, "tmp");
        TempFolder.Sweep(tmp);
        var temp = TempFolder.Create(tmp);
        try
        {
            var files = new AtomicFile(temp, fsync);
            var marker = Mark(root, files);
            var lease = StoreLease.Acquire(Path.Combine(root, "leases"));
            var store = new BuilderStore(root, temp, lease, files, fsync, marker.UserXattrs, snapshotter);
            store.Snapshots.Create();
            return store;
        }
        catch
        {
            temp.Dispose();
            throw;
        }
    }

    private static StoreRecord Mark(string root, AtomicFile files)
    {
        // An ordinary user outside a user namespace reads and writes the store that he unpacks layers into inside one.
        var ofUser = !UserNamespace.Current.IsInitial || !Environment.IsPrivilegedProcess;
        var path = Path.Combine(root, MarkerFile);
        if (StorageJson.TryRead(path, StorageJson.Types.StoreRecord) is not { } record)
        {
            record = new StoreRecord(LayoutVersion, ofUser);
            files.Write(Path.Combine(root, OciLayout.FileName), OciJson.Write(OciLayout.Current));
            files.Write(path, StorageJson.Write(record, StorageJson.Types.StoreRecord));
        }

        if (record.Version != LayoutVersion)
        {
            throw new BuilderException(StorageErrors.UnusableStore, $"the store {root} has version {record.Version}, this program writes version {LayoutVersion}");
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
}
