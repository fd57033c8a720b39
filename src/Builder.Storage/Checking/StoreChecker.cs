using Builder.Storage.Garbage;

namespace Builder.Storage.Checking;

/// <summary>
/// Proves what a store claims: every record, every blob's digest, every snapshot, every promise, every image; and names what
/// nothing refers to. With <c>repair</c> it puts in order what can be: what can be made or fetched again is removed.
/// </summary>
public static class StoreChecker
{
    /// <param name="progress">Told what is being checked.</param>
    public static StoreCheckReport Check(BuilderStore store, bool repair, Action<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (repair)
        {
            store.RequireWritable();
        }

        var findings = new List<StoreFinding>();
        progress?.Invoke("records");
        RecordsCheck.Run(store, repair, findings);

        // After the records have been put in order, so that what follows sees them as they will be.
        var inventory = StoreInventory.Take(store);
        progress?.Invoke($"{inventory.Blobs.Count} blobs");
        BlobsCheck.Run(store, inventory, repair, findings, cancellationToken);
        progress?.Invoke($"{inventory.Snapshots.Count} snapshots");
        SnapshotsCheck.Run(store, inventory, repair, findings, cancellationToken);
        progress?.Invoke($"{inventory.Images.Count} images");
        ImagesCheck.Run(store, inventory, repair, findings);
        if (inventory.Images.Count == store.Names.Paths().Count())
        {
            Orphans(store, StoreInventory.Take(store), repair, findings, cancellationToken);
        }

        store.LetGo();
        return new StoreCheckReport(
            inventory.Images.Count, inventory.Blobs.Count, inventory.Blobs.Values.Sum(), inventory.Snapshots.Count, inventory.Promises.Sum(layer => layer.Count()), inventory.Steps.Count, findings);
    }

    /// <summary>What somebody is just using is none: its owner has not finished what will refer to it.</summary>
    private static void Orphans(BuilderStore store, StoreInventory inventory, bool repair, List<StoreFinding> findings, CancellationToken cancellationToken)
    {
        Reachability kept;
        try
        {
            kept = Eviction.Choose(inventory, PrunePolicy.GarbageOnly, long.MaxValue).Kept;
        }
        catch (Diagnostics.BuilderException)
        {
            // A document cannot be read, which has been found already; what it refers to is not known.
            return;
        }

        store.LetGo();
        foreach (var digest in inventory.Blobs.Keys.Where(digest => !kept.Blobs.Contains(digest)).Order())
        {
            Add(findings, $"blob {digest}", store.Content.Measure(digest) is null);
        }

        foreach (var id in inventory.Snapshots.Keys.Where(id => !kept.Snapshots.Contains(id)).Order(StringComparer.Ordinal))
        {
            Add(findings, $"snapshot {id}", store.Snapshots.Read(id) is null);
        }

        if (repair && findings.Any(finding => finding.Kind == FindingKind.Orphan))
        {
            store.CollectGarbage(PrunePolicy.GarbageOnly, cancellationToken);
            for (var i = 0; i < findings.Count; i++)
            {
                if (findings[i].Kind == FindingKind.Orphan)
                {
                    findings[i] = findings[i] with { Repair = "removed, unless somebody uses it", IsRepaired = true };
                }
            }
        }
    }

    private static void Add(List<StoreFinding> findings, string subject, bool isGone)
    {
        if (!isGone)
        {
            findings.Add(new StoreFinding(FindingKind.Orphan, subject, "nothing refers to it", "'builder prune' removes it", false));
        }
    }
}
