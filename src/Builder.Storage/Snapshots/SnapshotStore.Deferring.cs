using System.Security.Cryptography;
using System.Text;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Layers;
using Builder.Storage.Leases;
using Builder.Storage.Records;

namespace Builder.Storage.Snapshots;

/// <content>
/// Snapshots of which there is only a record so far: which layer they are, and upon what. Their files come, by one rename, when
/// somebody needs them.
/// </content>
public sealed partial class SnapshotStore
{
    private const string LayerFile = "layer.json";

    /// <summary>Whether the files of this snapshot and of all below it are here.</summary>
    public bool IsUnpacked(Snapshot snapshot)
    {
        for (Snapshot? layer = snapshot; layer is not null; layer = layer.IsWhole ? null : ParentOf(layer))
        {
            if (!layer.HasFiles)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A stack of layers, bottom first, of which those that are not unpacked are only recorded.</summary>
    /// <returns>Its top; null for no layers.</returns>
    public Snapshot? DeferChain(IReadOnlyList<DiffId> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Snapshot? top = null;
        foreach (var (chainId, diffId) in ChainId.Stack(layers).Zip(layers))
        {
            top = Find(chainId.Digest.Hex) ?? Record(chainId.Digest.Hex, new SnapshotRecord(top?.Id, chainId.Digest, diffId, null) { IsDeferred = true }, null);
        }

        return top;
    }

    /// <summary>The snapshot of a step whose layer was written without it.</summary>
    /// <param name="info">The layer, which is in the store.</param>
    internal Snapshot Defer(Snapshot? parent, LayerInfo info, DateTimeOffset created) =>
        Record(RandomNumberGenerator.GetHexString(32, lowercase: true), new SnapshotRecord(parent?.Id, null, info.DiffId, created) { IsDeferred = true }, info);

    /// <summary>Gives a deferred snapshot its files, out of a draft that has them and perhaps more; another process may have been quicker.</summary>
    internal void Fill(Snapshot snapshot, string draft)
    {
        if (fsync == FsyncPolicy.Always)
        {
            OpenedFiles.SyncFileSystem(draft);
        }

        using (var from = DirectoryHandle.Open(draft))
        using (var to = DirectoryHandle.Open(Path.Combine(folder, snapshot.Id)))
        {
            Move(from, to, LayerFile);
            Move(from, to, TreeFolder);
        }

        RemoveFolder(draft);
    }

    private static void Move(DirectoryHandle from, DirectoryHandle to, string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        if (from.TryLstat(bytes) is null || (name == LayerFile && to.TryLstat(bytes) is not null))
        {
            return;
        }

        try
        {
            from.Rename(bytes, to, bytes);
        }
        catch (LinuxException e) when (e.Errno is Errno.EEXIST or Errno.ENOTEMPTY)
        {
            // What is there is the same.
        }
    }

    private Snapshot Record(string id, SnapshotRecord record, LayerInfo? info)
    {
        leases.Hold(LeaseKey.OfSnapshot(id));
        var draft = temp.NewPath();
        Directory.CreateDirectory(draft);
        files.Write(Path.Combine(draft, RecordFile), StorageJson.Write(record, StorageJson.Types.SnapshotRecord));
        if (info is not null)
        {
            files.Write(Path.Combine(draft, LayerFile), StorageJson.Write(info, StorageJson.Types.LayerInfo));
        }

        if (!TryRename(draft, id))
        {
            if (Find(id) is null)
            {
                Remove(id);
                TryRename(draft, id);
            }

            RemoveFolder(draft);
        }

        return Get(id);
    }
}
