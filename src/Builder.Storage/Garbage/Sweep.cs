using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Leases;

namespace Builder.Storage.Garbage;

/// <summary>One pass over what a look at the store has found to be garbage.</summary>
/// <param name="alone">The collector's own locks, which every lease stops.</param>
internal sealed class Sweep(BuilderStore store, StoreInventory inventory, RangeLocks alone)
{
    /// <summary>How many objects somebody holds.</summary>
    internal int InUse { get; private set; }

    /// <summary>Removes an object if it can be had alone; false while somebody holds it.</summary>
    /// <exception cref="RootsChangedException">The look is out of date.</exception>
    internal bool TryRemove(LeaseKey key, Action remove)
    {
        if (!alone.TryTake(key.Offset))
        {
            InUse++;
            return false;
        }

        try
        {
            // With the object in our hands: who needs it has let go, and all that he wrote was announced before that.
            if (store.Leases.RootsVersion() != inventory.RootsVersion)
            {
                throw new RootsChangedException();
            }

            remove();
            return true;
        }
        finally
        {
            alone.Release(key.Offset);
        }
    }

    /// <summary>Whether somebody works with an image: whoever does has read its documents.</summary>
    internal bool IsUsed(Descriptor target)
    {
        var key = LeaseKey.OfBlob(target.Digest).Offset;
        if (!alone.TryTake(key))
        {
            InUse++;
            return true;
        }

        alone.Release(key);
        return false;
    }

    /// <summary>Records that say where a layer or a stack is, when it is there no longer.</summary>
    internal void RemoveRecords()
    {
        foreach (var layer in inventory.Layers)
        {
            if (!HasBlob(layer.Blob) && !HasSnapshot(layer.Snapshot))
            {
                TryRemove(LeaseKey.OfLayer(layer.DiffId), () => File.Delete(layer.Path));
            }
        }

        foreach (var chain in inventory.Chains)
        {
            if (!HasSnapshot(chain.SnapshotId))
            {
                TryRemove(LeaseKey.OfChain(chain.ChainId), () => File.Delete(chain.Path));
            }
        }
    }

    private bool HasBlob(Digest? digest) => digest is { } blob && store.Content.Measure(blob) is not null;

    private bool HasSnapshot(string? id) => id is not null && store.Snapshots.Read(id) is not null;
}
