using Builder.Oci;
using Builder.Storage.Leases;
using Builder.Storage.Records;

namespace Builder.Storage.Snapshots;

/// <summary>
/// Stacks of layers that nobody had to unpack, since they were built here: <c>chains/&lt;chain ID&gt;.json</c> says which
/// snapshot a stack is already. An entry is only as good as its snapshot.
/// </summary>
internal sealed class ChainRecords(string folder, AtomicFile files, StoreLeases leases)
{
    internal string? Find(ChainId chainId)
    {
        leases.Hold(LeaseKey.OfChain(chainId));
        return files.TryReadRecord(PathOf(chainId), StorageJson.Types.ChainRecord)?.Snapshot;
    }

    internal void Set(ChainId chainId, string snapshotId)
    {
        if (Find(chainId) != snapshotId)
        {
            leases.AnnounceRoot();
            files.Write(PathOf(chainId), StorageJson.Write(new ChainRecord(snapshotId), StorageJson.Types.ChainRecord));
        }
    }

    /// <summary>All entries as they are on the disk, nothing held; without a snapshot when they are damaged.</summary>
    internal IEnumerable<(ChainId ChainId, string Path, string? SnapshotId)> List()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            if (Digest.TryParse($"{Digest.Algorithm}:{Path.GetFileNameWithoutExtension(path)}", out var digest))
            {
                yield return (new ChainId(digest), path, files.TryReadRecord(path, StorageJson.Types.ChainRecord)?.Snapshot);
            }
        }
    }

    private string PathOf(ChainId chainId) => Path.Combine(folder, chainId.Digest.Hex + ".json");
}
