using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Hints;
using Builder.Storage.Leases;
using Builder.Storage.Records;

namespace Builder.Storage.Garbage;

/// <summary>
/// Removes what nobody needs while others work. It computes what may go from one look at the store, and then takes each
/// object alone before it removes it: what somebody holds stays, with all that it stands on. When a root has been announced
/// since that look, its writer may have ended and let go of what the root needs, so the collector looks again.
/// </summary>
internal sealed class GarbageCollector(BuilderStore store, PrunePolicy policy)
{
    private const int MaxLooks = 20;
    private readonly List<ImageReference> untagged = [];
    private readonly List<Digest> images = [];
    private GarbageReport report = new(0, 0, 0);

    internal GarbageReport Collect(CancellationToken cancellationToken)
    {
        store.Names.HealIndex();
        store.LetGo();
        using var alone = store.Leases.OpenOwner();
        for (var looks = 1; ; looks++)
        {
            try
            {
                if (LookAndRemove(alone, cancellationToken) || looks == MaxLooks)
                {
                    break;
                }
            }
            catch (BuilderException e) when (e.Code == StorageErrors.Missing && looks < MaxLooks)
            {
                // Another collector was quicker with something that was still there when this one looked.
            }
        }

        return report with { Untagged = untagged, Images = images };
    }

    private bool LookAndRemove(RangeLocks alone, CancellationToken cancellationToken)
    {
        var inventory = StoreInventory.Take(store);
        RequireReadableRoots();
        var eviction = Eviction.Choose(inventory, policy, new DriveInfo(store.Root).AvailableFreeSpace);
        return Remove(new Sweep(store, inventory, alone), inventory, eviction, cancellationToken);
    }

    /// <summary>False when the store has changed so that one has to look again.</summary>
    private bool Remove(Sweep sweep, StoreInventory inventory, Eviction eviction, CancellationToken cancellationToken)
    {
        try
        {
            RemoveImages(sweep, eviction);
            RemoveSteps(sweep, inventory, eviction);
            cancellationToken.ThrowIfCancellationRequested();
            RemoveSnapshots(sweep, inventory, eviction.Kept, cancellationToken);
            RemoveBlobs(sweep, inventory, eviction.Kept, cancellationToken);
            RemoveCaches(eviction);
            RemovePartials();
            sweep.RemoveRecords();
            ForgetTransfers();
            store.Hints.Trim(policy is { Steps: true, MaxUsedBytes: null, MinFreeBytes: null, Before: null } ? 0 : HintStore.Budget);
            return true;
        }
        catch (RootsChangedException)
        {
            return false;
        }
        finally
        {
            report = report with { InUse = sweep.InUse };
        }
    }

    private void RemoveImages(Sweep sweep, Eviction eviction)
    {
        foreach (var image in eviction.Images)
        {
            var target = image.Image.Target;
            if (!sweep.IsUsed(target) && sweep.TryRemove(LeaseKey.OfImage(target.Digest), () => Forget(image)))
            {
                images.Add(target.Digest);
            }
            else
            {
                eviction.Kept.AddImage(target);
            }
        }
    }

    private void Forget(InventoryImage image)
    {
        if (image.Image.Reference is { } name)
        {
            store.Names.Remove(name);
            untagged.Add(name);
        }
        else
        {
            store.Names.RemoveUntagged(image.Image.Target.Digest);
        }
    }

    private void RemoveSteps(Sweep sweep, StoreInventory inventory, Eviction eviction)
    {
        foreach (var step in inventory.Steps)
        {
            var isLost = step.Record is null || !inventory.Snapshots.ContainsKey(step.Record.SnapshotId);
            if ((isLost || eviction.Steps.Contains(step.Key)) && sweep.TryRemove(LeaseKey.OfStep(step.Key), () => store.Steps.Remove(step.Key)))
            {
                report = report with { Steps = report.Steps + 1 };
            }
            else
            {
                eviction.Kept.AddSnapshot(step.Record?.SnapshotId);
            }
        }
    }

    /// <summary>From the top of each stack down: one that is held keeps all below it.</summary>
    private void RemoveSnapshots(Sweep sweep, StoreInventory inventory, Reachability kept, CancellationToken cancellationToken)
    {
        foreach (var id in inventory.Snapshots.Keys.OrderByDescending(id => Depth(inventory, id)).ThenBy(id => id, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (kept.Snapshots.Contains(id))
            {
                continue;
            }

            var bytes = inventory.UsageOf(id);
            if (sweep.TryRemove(LeaseKey.OfSnapshot(id), () => store.Snapshots.Remove(id)))
            {
                report = report with { Snapshots = report.Snapshots + 1, SnapshotBytes = report.SnapshotBytes + bytes };
            }
            else
            {
                kept.AddSnapshot(id);
            }
        }
    }

    private void RemoveBlobs(Sweep sweep, StoreInventory inventory, Reachability kept, CancellationToken cancellationToken)
    {
        foreach (var (digest, size) in inventory.Blobs.Where(blob => !kept.Blobs.Contains(blob.Key)).OrderBy(blob => blob.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (sweep.TryRemove(LeaseKey.OfBlob(digest), () => store.Content.Discard(digest)))
            {
                report = report with { Blobs = report.Blobs + 1, BlobBytes = report.BlobBytes + size };
            }
        }
    }

    private void RemoveCaches(Eviction eviction)
    {
        foreach (var cache in eviction.Caches)
        {
            report = store.CacheMounts.TryRemove(cache.Info)
                ? report with { Caches = report.Caches + 1, CacheBytes = report.CacheBytes + cache.Bytes }
                : report with { InUse = report.InUse + 1 };
        }
    }

    private void RemovePartials()
    {
        var before = store.Content.MeasurePartials();
        store.Content.RemovePartials();
        report = report with { PartialBytes = report.PartialBytes + Math.Max(0, before - store.Content.MeasurePartials()) };
    }

    /// <summary>Hints about layers and blobs that are gone: nobody holds those, and nobody misses them.</summary>
    private void ForgetTransfers()
    {
        var layers = store.LayerRecords.List().Select(layer => layer.DiffId).ToHashSet();
        store.Transfers.ForgetWhatIsGone(
            diffId => layers.Contains(diffId) || store.Content.Measure(diffId.Digest) is not null, digest => store.Content.Measure(digest) is not null);
    }

    private static int Depth(StoreInventory inventory, string id)
    {
        var depth = 0;
        for (string? next = id; next is not null && depth <= inventory.Snapshots.Count && inventory.Snapshots.TryGetValue(next, out var snapshot); depth++)
        {
            next = snapshot?.ParentId;
        }

        return depth;
    }

    /// <summary>A name or a container that cannot be read may be the only one that keeps an image: better no collection than that.</summary>
    private void RequireReadableRoots()
    {
        foreach (var path in store.Names.Paths())
        {
            StorageJson.TryRead(path, StorageJson.Types.NameRecord);
        }

        foreach (var id in store.Containers.Ids())
        {
            StorageJson.TryRead(store.Containers.PathOf(id), StorageJson.Types.ContainerRecord);
        }
    }
}

/// <summary>Something that keeps objects alive was written after the collector had looked. Not an error: it looks again.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It is caught in this room.")]
internal sealed class RootsChangedException : Exception;
