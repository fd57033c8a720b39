using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Garbage;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Checking;

/// <summary>Every snapshot stands on others that exist, is the stack that its name says, and is still what it has promised.</summary>
internal static class SnapshotsCheck
{
    internal static void Run(BuilderStore store, StoreInventory inventory, bool repair, List<StoreFinding> findings, CancellationToken cancellationToken)
    {
        var broken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, snapshot) in inventory.Snapshots)
        {
            if ((StructureOf(inventory, id, snapshot) ?? LostLayer(store, snapshot!)) is { } damage)
            {
                broken[id] = damage;
            }
        }

        foreach (var promise in inventory.Layers.Where(layer => layer.Snapshot is not null && inventory.Snapshots.ContainsKey(layer.Snapshot) && !broken.ContainsKey(layer.Snapshot)))
        {
            if (BrokenPromise(store, promise.DiffId, cancellationToken) is { } damage)
            {
                broken[promise.Snapshot!] = damage;
            }
        }

        foreach (var snapshot in inventory.Snapshots.Values.OfType<Snapshot>().Where(snapshot => (snapshot.ChainId is not null || snapshot.IsDeferred) && snapshot.HasFiles && !broken.ContainsKey(snapshot.Id)))
        {
            if (ContentOf(store, inventory, snapshot, cancellationToken) is { } damage)
            {
                broken[snapshot.Id] = damage;
            }
        }

        // What somebody has removed meanwhile is not damaged, and its record went with it.
        foreach (var gone in broken.Keys.Where(id => !Directory.Exists(store.Snapshots.FolderOf(id)) || IsForgotten(store, inventory, id)).ToArray())
        {
            broken.Remove(gone);
        }

        foreach (var (id, damage) in broken.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var isGone = repair && Forget(store, inventory, id);
            var remedy = isGone ? "forgotten, with what was built on it: it is made again when it is needed"
                : repair ? "no build uses it any more, but an image has no other source for its layer: build that again, or remove it"
                : "with --repair it is forgotten, with what was built on it, and made again when it is needed";
            findings.Add(new StoreFinding(FindingKind.Damage, $"snapshot {id}", damage, remedy, isGone));
        }
    }

    private static bool IsForgotten(BuilderStore store, StoreInventory inventory, string id) =>
        store.Snapshots.Read(id) is not null
        && inventory.Layers.Where(layer => layer.Snapshot == id).ToArray() is { Length: > 0 } promises
        && promises.All(promise => !File.Exists(promise.Path));

    private static string? StructureOf(StoreInventory inventory, string id, Snapshot? snapshot)
    {
        if (snapshot is null)
        {
            return "its record is missing or damaged";
        }

        if (!Directory.Exists(snapshot.Path) && !snapshot.IsDeferred)
        {
            return "its files are missing";
        }

        if (snapshot.ParentId is { } parent && !inventory.Snapshots.ContainsKey(parent))
        {
            return $"the snapshot {parent} below it is missing";
        }

        return snapshot.ChainId is { } chain && chain.Digest.Hex != id ? $"its record is that of the stack {chain}" : null;
    }

    /// <summary>A base image's layer can be fetched when it is needed, a step's cannot.</summary>
    private static string? LostLayer(BuilderStore store, Snapshot snapshot) =>
        snapshot is { IsDeferred: true, Created: not null, DiffId: { } diffId } && !snapshot.HasFiles && !store.Layers.Contains(diffId)
            ? $"neither its files nor its layer {diffId} are here"
            : null;

    private static string? BrokenPromise(BuilderStore store, DiffId diffId, CancellationToken cancellationToken)
    {
        try
        {
            store.Layers.Prove(diffId, cancellationToken);
            return null;
        }
        catch (Exception e) when (e is BuilderException or IOException)
        {
            return $"it no longer makes the layer {diffId}: {e.Message}";
        }
    }

    /// <summary>An unpacked layer is compared with what its blob unpacks to now.</summary>
    private static string? ContentOf(BuilderStore store, StoreInventory inventory, Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.DiffId is not { } diffId || store.Layers.FindBlob(diffId) is null)
        {
            return null;
        }

        try
        {
            var parent = snapshot.ParentId is { } id ? inventory.Snapshots[id] : null;
            return store.Layers.DifferenceFromBlob(snapshot, parent, cancellationToken) is { } path ? $"/{path} is not as in the layer {diffId}" : null;
        }
        catch (BuilderException)
        {
            // The blob is what is damaged, which has been found already.
            return null;
        }
    }

    /// <summary>
    /// The results of steps that stand on it are not used again, so they are made again. Its folder goes only when no image
    /// and nobody else needs it.
    /// </summary>
    /// <returns>Whether the folder is gone.</returns>
    private static bool Forget(BuilderStore store, StoreInventory inventory, string id)
    {
        var above = Above(inventory, id);
        foreach (var step in inventory.Steps.Where(step => step.Record is { } record && above.Contains(record.SnapshotId)))
        {
            store.Steps.Remove(step.Key);
        }

        foreach (var chain in inventory.Chains.Where(chain => chain.SnapshotId is { } snapshot && above.Contains(snapshot)))
        {
            File.Delete(chain.Path);
        }

        var promises = inventory.Layers.Where(layer => layer.Snapshot == id).ToArray();
        var isNeeded = promises.Any(promise => store.Layers.FindBlob(promise.DiffId) is null);
        foreach (var promise in isNeeded ? [] : promises)
        {
            File.Delete(promise.Path);
        }

        // Stacks that can be unpacked again have no other use.
        store.LetGo();
        using var alone = store.Leases.OpenOwner();
        foreach (var stack in above.Where(name => name == id || inventory.Snapshots[name]?.ChainId is not null))
        {
            var key = Leases.LeaseKey.OfSnapshot(stack).Offset;
            if ((stack == id ? !isNeeded : !inventory.Promises.Any(layer => layer.Contains(stack))) && alone.TryTake(key))
            {
                store.Snapshots.Remove(stack);
                alone.Release(key);
            }
        }

        return !Directory.Exists(store.Snapshots.FolderOf(id));
    }

    private static HashSet<string> Above(StoreInventory inventory, string id)
    {
        var above = new HashSet<string>(StringComparer.Ordinal) { id };
        while (inventory.Snapshots.Values.FirstOrDefault(snapshot => snapshot?.ParentId is { } parent && above.Contains(parent) && !above.Contains(snapshot.Id)) is { } next)
        {
            above.Add(next.Id);
        }

        return above;
    }
}
