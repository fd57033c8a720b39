using Builder.Oci;

namespace Builder.Storage.Garbage;

/// <summary>
/// Chooses what a policy gives up: of all that may go, the longest unused first, as much as the policy's sizes ask for.
/// </summary>
internal sealed class Eviction
{
    private readonly StoreInventory inventory;
    private readonly PrunePolicy policy;

    private Eviction(StoreInventory inventory, PrunePolicy policy)
    {
        this.inventory = inventory;
        this.policy = policy;
    }

    internal HashSet<InventoryImage> Images { get; private set; } = [];

    internal HashSet<Digest> Steps { get; private set; } = [];

    internal HashSet<InventoryCache> Caches { get; private set; } = [];

    /// <summary>What everything needs that is not given up.</summary>
    internal Reachability Kept { get; private set; } = null!;

    internal static Eviction Choose(StoreInventory inventory, PrunePolicy policy, long freeBytes)
    {
        var eviction = new Eviction(inventory, policy);
        var candidates = eviction.Candidates();
        eviction.GiveUp(candidates, 0);
        var used = policy.MinFreeBytes is null ? 0 : inventory.Blobs.Values.Sum() + inventory.Snapshots.Keys.Sum(inventory.UsageOf) + eviction.CacheBytes();
        var goal = policy.Goal(used, freeBytes);
        var (few, many) = (0, candidates.Length);
        if (goal is { } size)
        {
            // The more goes, the less stays: the fewest that will do are found by halving.
            while (few < many)
            {
                var middle = (few + many) / 2;
                eviction.GiveUp(candidates, middle);
                (few, many) = inventory.Size(eviction.Kept) + eviction.CacheBytes() <= size ? (few, middle) : (middle + 1, many);
            }
        }

        eviction.GiveUp(candidates, many);
        return eviction;
    }

    /// <summary>Something that may go: one of the three.</summary>
    private readonly record struct Candidate(DateTimeOffset LastUsed, InventoryImage? Image, Digest? Step, InventoryCache? Cache);

    /// <summary>All that may go, the longest unused first.</summary>
    private Candidate[] Candidates()
    {
        var images = inventory.Images.Where(MayGo).ToArray();
        var needed = new Reachability(inventory);
        foreach (var image in inventory.Images.Except(images))
        {
            needed.AddImage(image.Image.Target);
        }

        var steps = inventory.Steps.Where(step => policy.Steps && IsOld(step.LastUsed) && step.Record is { } record && !needed.Snapshots.Contains(record.SnapshotId));
        return
        [
            .. images.Select(image => new Candidate(image.Since, image, null, null))
                .Concat(steps.Select(step => new Candidate(step.LastUsed, null, step.Key, null)))
                .Concat(CachesThatMayGo().Select(cache => new Candidate(cache.Info.LastUsed, null, null, cache)))
                .OrderBy(candidate => candidate.LastUsed)
                .ThenBy(candidate => candidate.Step),
        ];
    }

    /// <summary>Only a policy that asks for a size counts caches: what they hold took long to get, and no image says that it is old.</summary>
    private IEnumerable<InventoryCache> CachesThatMayGo() =>
        policy.Steps && policy.AsksForSize ? inventory.Caches.Value.Where(cache => !cache.Info.InUse && IsOld(cache.Info.LastUsed)) : [];

    private long CacheBytes() => policy.AsksForSize ? inventory.Caches.Value.Where(cache => !Caches.Contains(cache)).Sum(cache => cache.Bytes) : 0;

    private bool MayGo(InventoryImage image) =>
        (image.Image.Reference is null ? policy.Dangling : policy.Named)
        && IsOld(image.Since)
        && !inventory.Containers.Any(container => container.Image.Digest == image.Image.Target.Digest || container.Manifest.Digest == image.Image.Target.Digest)
        && (policy.Images is null || (inventory.ConfigOf(image.Image.Target) is { } config && policy.Images(config)));

    private bool IsOld(DateTimeOffset moment) => policy.Before is not { } before || moment < before;

    private void GiveUp(Candidate[] candidates, int count)
    {
        var given = candidates.Take(count).ToArray();
        Images = [.. given.Select(candidate => candidate.Image).OfType<InventoryImage>()];
        Steps = [.. given.Select(candidate => candidate.Step).OfType<Digest>()];
        Caches = [.. given.Select(candidate => candidate.Cache).OfType<InventoryCache>()];
        Kept = new Reachability(inventory);
        foreach (var image in inventory.Images.Where(image => !Images.Contains(image)))
        {
            Kept.AddImage(image.Image.Target);
        }

        foreach (var container in inventory.Containers)
        {
            Kept.AddContainer(container);
        }

        foreach (var step in inventory.Steps.Where(step => !Steps.Contains(step.Key)))
        {
            Kept.AddSnapshot(step.Record?.SnapshotId);
        }
    }
}
