using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Leases;
using Builder.Storage.Records;

namespace Builder.Storage.Snapshots;

/// <summary>
/// File trees as stacks of folders, <c>snapshots/&lt;id&gt;/{fs,record.json}</c>. A snapshot is made in the process's
/// temporary folder and becomes visible, whole, by one rename.
/// </summary>
public sealed partial class SnapshotStore
{
    internal const string TreeFolder = "fs";
    internal const string WorkFolder = "work";
    private const string MergedFolder = "merged";
    private const string RecordFile = "record.json";
    private const string UsageFile = "usage.json";
    private const string CreatedFile = "created.json";
    private const uint RootMode = 0x1ed;
    private readonly string folder;
    private readonly string emptyFolder;
    private readonly TempFolder temp;
    private readonly AtomicFile files;
    private readonly FsyncPolicy fsync;
    private readonly StoreLeases leases;
    private readonly ChainRecords chains;

    // Asked when the first tree is needed: by then an ordinary user is inside his namespace.
    private readonly Lazy<bool> copies;

    // A snapshot never changes, and holding it keeps collectors away: what was read once stays true. Without this a build
    // of n steps would read n² records.
    private readonly ConcurrentDictionary<string, Snapshot> known = new(StringComparer.Ordinal);

    internal SnapshotStore(string root, TempFolder temp, AtomicFile files, FsyncPolicy fsync, StoreLeases leases, ChainRecords chains, bool userXattrs, Snapshotter snapshotter = Snapshotter.Auto)
    {
        copies = new Lazy<bool>(() => snapshotter == Snapshotter.Copy || (snapshotter == Snapshotter.Auto && !HasOverlay()));
        this.leases = leases;
        this.chains = chains;
        folder = Path.Combine(root, "snapshots");
        emptyFolder = Path.Combine(root, "empty");
        this.temp = temp;
        this.files = files;
        this.fsync = fsync;
        UserXattrs = userXattrs;
    }

    /// <summary>Whether overlayfs keeps its marks in <c>user.overlay.*</c>, for a store that belongs to a user namespace.</summary>
    public bool UserXattrs { get; }

    /// <summary>Whether a step works in a copy of its parent's files, because there is no overlay here or the user wants none.</summary>
    public bool CopiesTrees => copies.Value;

    public bool Contains(string id) => Find(id) is not null;

    /// <summary>The snapshot of this id; null when there is none.</summary>
    public Snapshot? Find(string id)
    {
        if (known.TryGetValue(id, out var snapshot))
        {
            return snapshot;
        }

        if (!IsId(id))
        {
            return null;
        }

        leases.Hold(LeaseKey.OfSnapshot(id));
        return Read(id) is { } found ? known.GetOrAdd(id, found) : null;
    }

    /// <summary>A snapshot as it is on the disk, not held; null when there is none, or none whose record can be read.</summary>
    internal Snapshot? Read(string id) =>
        files.TryReadRecord(Path.Combine(folder, id, RecordFile), StorageJson.Types.SnapshotRecord) is { } record
            ? new Snapshot(id, record.Parent, Path.Combine(folder, id, TreeFolder))
            {
                ChainId = record.ChainId is { } chain ? new ChainId(chain) : null,
                DiffId = record.DiffId,
                Created = record.Created,
                IsWhole = record.IsWhole,
                IsDeferred = record.IsDeferred,
            }
            : null;

    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/>.</exception>
    public Snapshot Get(string id) => Find(id) ?? throw new BuilderException(StorageErrors.Missing, $"snapshot {id} is not in the store");

    /// <summary>The snapshot that is a stack of layers: unpacked, or built here; null when it has to be unpacked.</summary>
    public Snapshot? FindChain(ChainId chainId) =>
        Find(chainId.Digest.Hex) is { } unpacked && IsUnpacked(unpacked) ? unpacked
        : chains.Find(chainId) is { } built && Find(built) is { } snapshot && IsWhole(snapshot) && IsUnpacked(snapshot) ? snapshot
        : null;

    /// <summary>
    /// Remembers that a snapshot of steps is what unpacking these layers would come to, so that nobody unpacks what was built
    /// here. Unlike an unpacked stack it also has what layers cannot hold: nanoseconds, sockets, the root's own mode.
    /// </summary>
    public void Adopt(ChainId chainId, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.ChainId != chainId)
        {
            chains.Set(chainId, snapshot.Id);
        }
    }

    /// <summary>Whether everything below is here too.</summary>
    private bool IsWhole(Snapshot? snapshot)
    {
        while (snapshot?.ParentId is { } parent)
        {
            snapshot = Find(parent);
        }

        return snapshot is not null;
    }

    /// <summary>The parent of a snapshot; null for the bottom.</summary>
    public Snapshot? ParentOf(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.ParentId is { } parent ? Get(parent) : null;
    }

    /// <summary>The folders that make up a tree, the top-most first; one empty folder for null, the tree with nothing in it.</summary>
    public IReadOnlyList<string> LowerDirs(Snapshot? snapshot)
    {
        var folders = Folders(snapshot);
        return folders.Count == 0 ? [emptyFolder]
            : folders.Count > 1 && copies.Value ? [Merged(snapshot!, folders)]
            : folders;
    }

    /// <summary>A read-only, merged view of a tree, or of the empty one for null.</summary>
    public RootDirectory OpenView(Snapshot? snapshot) => OverlayMount.OpenView(LowerDirs(snapshot), UserXattrs);

    /// <summary>How old the step is that a snapshot comes from: its own word, or what was remembered of a step that ran elsewhere.</summary>
    public DateTimeOffset? CreatedOf(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.Created ?? files.TryReadRecord(BesideTree(snapshot, CreatedFile), StorageJson.Types.CreatedRecord)?.Created;
    }

    /// <summary>Remembers of an unpacked layer that it is the result of a step that ran elsewhere, and how old that is.</summary>
    public void RememberCreated(Snapshot snapshot, DateTimeOffset created)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (CreatedOf(snapshot) is null)
        {
            files.Write(BesideTree(snapshot, CreatedFile), StorageJson.Write(new CreatedRecord(created), StorageJson.Types.CreatedRecord));
        }
    }

    /// <summary>Starts a snapshot on top of another, or of nothing.</summary>
    public SnapshotDraft Begin(Snapshot? parent)
    {
        var draft = NewFolder(parent);
        if (copies.Value)
        {
            Stack(Path.Combine(draft, TreeFolder), LowerDirs(parent));
            return new SnapshotDraft(this, parent, draft, LowerDirs(parent), isWhole: true);
        }

        Directory.CreateDirectory(Path.Combine(draft, WorkFolder));
        return new SnapshotDraft(this, parent, draft, LowerDirs(parent), isWhole: false);
    }

    /// <summary>The folders that a tree consists of, the top-most first: up to and including one that is whole by itself.</summary>
    private List<string> Folders(Snapshot? snapshot)
    {
        var folders = new List<string>();
        for (var layer = snapshot; layer is not null; layer = layer.IsWhole ? null : ParentOf(layer))
        {
            folders.Add(layer.HasFiles ? layer.Path : throw new InvalidOperationException($"snapshot {layer.Id} is not unpacked"));
        }

        return folders;
    }

    /// <summary>The copy of a merged tree that stands in for a mount; made once, beside the snapshot, and gone with it.</summary>
    private string Merged(Snapshot snapshot, IReadOnlyList<string> folders)
    {
        var merged = BesideTree(snapshot, MergedFolder);
        if (Directory.Exists(merged))
        {
            return merged;
        }

        var draft = temp.NewPath();
        MakeRoot(draft, snapshot.Path);
        Stack(draft, folders);
        using var from = DirectoryHandle.Open(Path.GetDirectoryName(draft)!);
        using var to = DirectoryHandle.Open(Path.Combine(folder, snapshot.Id));
        try
        {
            from.Rename(Encoding.UTF8.GetBytes(Path.GetFileName(draft)), to, Encoding.UTF8.GetBytes(MergedFolder));
        }
        catch (LinuxException e) when (e.Errno is Errno.EEXIST or Errno.ENOTEMPTY)
        {
            RemoveFolder(draft);
        }

        return merged;
    }

    private void Stack(string target, IReadOnlyList<string> folders)
    {
        using var made = DirectoryHandle.Open(target);
        var stacker = new TreeStacker(made, new Layers.OverlayMarks(UserXattrs), CancellationToken.None);
        foreach (var layer in folders.Reverse())
        {
            using var tree = DirectoryHandle.Open(layer);
            stacker.Add(tree);
        }
    }

    private bool HasOverlay()
    {
        var trial = temp.NewPath();
        Directory.CreateDirectory(trial);
        try
        {
            return OverlayProbe.Succeeds(trial, UserXattrs);
        }
        finally
        {
            RemoveFolder(trial);
        }
    }

    internal void Create() => MakeRoot(emptyFolder, null);

    /// <summary>What was read is no longer held.</summary>
    internal void Forget() => known.Clear();

    /// <summary>A temporary folder with an empty tree in it, whose root looks like the parent's: overlayfs shows the top-most.</summary>
    internal string NewFolder(Snapshot? parent)
    {
        var draft = temp.NewPath();
        Directory.CreateDirectory(draft);
        MakeRoot(Path.Combine(draft, TreeFolder), parent?.Path);
        return draft;
    }

    /// <summary>A file beside a snapshot's tree, for what has been computed of it.</summary>
    internal string BesideTree(Snapshot snapshot, string fileName) => Path.Combine(folder, snapshot.Id, fileName);

    /// <summary>The bytes of a snapshot's files, as <see cref="TreeUsage"/> counts them; written down when they have been counted.</summary>
    internal long Usage(string id)
    {
        var path = Path.Combine(folder, id, UsageFile);
        if (files.TryReadRecord(path, StorageJson.Types.UsageRecord) is { } known)
        {
            return known.Bytes;
        }

        var bytes = TreeUsage.Of(Path.Combine(folder, id, TreeFolder));
        try
        {
            if (Directory.Exists(Path.Combine(folder, id, TreeFolder)))
            {
                files.Write(path, StorageJson.Write(new UsageRecord(bytes), StorageJson.Types.UsageRecord));
            }
        }
        catch (BuilderException e) when (e.Code == StorageErrors.ReadOnlyStore || e.Code == StorageErrors.DiskFull)
        {
            // It is only counted again next time.
        }

        return bytes;
    }

    internal string FolderOf(string id) => Path.Combine(folder, id);

    internal IEnumerable<string> List() => Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    internal void Remove(string id)
    {
        known.TryRemove(id, out _);
        RemoveFolder(MoveAside(id));
    }

    internal Snapshot Publish(string draft, Snapshot? parent, DateTimeOffset created, bool isWhole)
    {
        RemoveFolder(Path.Combine(draft, WorkFolder));

        // A step's tree has no name of its own until its layer is asked for.
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        return Publish(draft, id, new SnapshotRecord(parent?.Id, null, null, created) { IsWhole = isWhole });
    }

    /// <summary>Publishes an unpacked layer; when another process was quicker, its snapshot is the result.</summary>
    internal Snapshot PublishChain(string draft, Snapshot? parent, ChainId chainId, DiffId diffId) =>
        Publish(draft, chainId.Digest.Hex, new SnapshotRecord(parent?.Id, chainId.Digest, diffId, null));

    internal static void RemoveFolder(string path)
    {
        if (Directory.Exists(path))
        {
            using var parent = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
            parent.RemoveTree(Encoding.UTF8.GetBytes(Path.GetFileName(path)));
        }
    }

    private Snapshot Publish(string draft, string id, SnapshotRecord record)
    {
        leases.Hold(LeaseKey.OfSnapshot(id));
        files.Write(Path.Combine(draft, RecordFile), StorageJson.Write(record, StorageJson.Types.SnapshotRecord));
        if (fsync == FsyncPolicy.Always)
        {
            OpenedFiles.SyncFileSystem(draft);
        }

        if (!TryRename(draft, id))
        {
            if (record is { IsDeferred: false, ChainId: not null } && Find(id) is { IsDeferred: true } deferred)
            {
                Fill(deferred, draft);
                return deferred;
            }

            if (Find(id) is null)
            {
                // A power cut left a snapshot without its record: nothing vouches for the rest of it.
                Remove(id);
                TryRename(draft, id);
            }

            RemoveFolder(draft);
        }

        if (fsync == FsyncPolicy.Always)
        {
            OpenedFiles.SyncDirectory(folder);
        }

        return Get(id);
    }

    /// <summary>False when there is a snapshot of this id.</summary>
    private bool TryRename(string draft, string id)
    {
        using var from = DirectoryHandle.Open(Path.GetDirectoryName(draft)!);
        using var to = DirectoryHandle.Open(folder);
        try
        {
            from.Rename(Encoding.UTF8.GetBytes(Path.GetFileName(draft)), to, Encoding.ASCII.GetBytes(id));
            return true;
        }
        catch (LinuxException e) when (e.Errno is Errno.EEXIST or Errno.ENOTEMPTY)
        {
            return false;
        }
        catch (LinuxException e) when (e.Errno is Errno.EROFS or Errno.EXDEV)
        {
            throw DiskErrors.ReadOnly("no snapshot can be added", e);
        }
    }

    /// <summary>A snapshot that is being removed must not be seen half removed.</summary>
    private string MoveAside(string id)
    {
        var aside = temp.NewPath();
        Directory.Move(Path.Combine(folder, id), aside);
        return aside;
    }

    private static void MakeRoot(string path, string? like)
    {
        Directory.CreateDirectory(path);
        using (var made = DirectoryHandle.Open(path))
        {
            made.SetMode(DirectoryHandle.Self, RootMode);
        }

        if (like is not null)
        {
            CopyRoot(like, path);
        }
    }

    /// <summary>Overlayfs shows the top-most folder's own mode and owner as those of the root.</summary>
    internal static void CopyRoot(string from, string to)
    {
        using var model = DirectoryHandle.Open(from);
        using var made = DirectoryHandle.Open(to);
        var status = model.Lstat(DirectoryHandle.Self);
        made.SetOwner(DirectoryHandle.Self, status.UserId, status.GroupId);
        made.SetMode(DirectoryHandle.Self, status.Mode);
    }

    internal static bool IsId(string id) => id.Length > 0 && id.All(char.IsAsciiHexDigitLower);
}
