using Builder.Oci;
using Builder.Storage.Leases;

namespace Builder.Storage.Garbage;

/// <param name="Bytes">All that the image needs.</param>
/// <param name="UniqueBytes">What no other image needs.</param>
/// <param name="IsUsed">Another process works with it.</param>
public sealed record ImageUsage(Descriptor Target, IReadOnlyList<ImageReference> Names, DateTimeOffset Since, long Bytes, long UniqueBytes, bool IsUsed);

/// <param name="Bytes">What the step itself left behind.</param>
/// <param name="IsNeeded">An image needs it too.</param>
public sealed record StepUsage(Digest Key, string Description, DateTimeOffset LastUsed, long Bytes, bool IsNeeded, bool IsUsed);

/// <summary>A cache of <c>RUN --mount=type=cache</c>.</summary>
public sealed record CacheUsage(string Name, string Id, DateTimeOffset LastUsed, long Bytes, bool IsUsed);

/// <summary>What takes how much room in a store.</summary>
/// <param name="ImageBytes">What the images need, things that they share once.</param>
/// <param name="StepBytes">What only results of steps need.</param>
/// <param name="GarbageBytes">What nothing needs.</param>
public sealed record StoreUsage(IReadOnlyList<ImageUsage> Images, IReadOnlyList<StepUsage> Steps, long ImageBytes, long StepBytes, long GarbageBytes)
{
    /// <summary>The caches of <c>RUN --mount=type=cache</c>.</summary>
    public IReadOnlyList<CacheUsage> Caches { get; init; } = [];

    /// <summary>What there is of downloads that have not ended.</summary>
    public long PartialBytes { get; init; }

    public long CacheBytes => Caches.Sum(cache => cache.Bytes);

    public long TotalBytes => ImageBytes + StepBytes + GarbageBytes + CacheBytes + PartialBytes;

    internal static StoreUsage Measure(BuilderStore store)
    {
        var inventory = StoreInventory.Take(store);
        var groups = inventory.Images.GroupBy(image => image.Image.Target.Digest).ToArray();
        var closures = groups.ToDictionary(group => group.Key, group => ClosureOf(inventory, group.First().Image.Target));
        var needed = new Reachability(inventory, forgiving: true);
        foreach (var image in inventory.Images)
        {
            needed.AddImage(image.Image.Target);
        }

        var imageBytes = inventory.Size(needed);
        var steps = inventory.Steps.Where(step => step.Record is not null).Select(step => new StepUsage(
            step.Key,
            DescriptionOf(step),
            step.LastUsed,
            inventory.Snapshots.ContainsKey(step.Record!.SnapshotId) ? inventory.UsageOf(step.Record.SnapshotId) : 0,
            needed.Snapshots.Contains(step.Record.SnapshotId),
            IsHeld(store, LeaseKey.OfSnapshot(step.Record.SnapshotId)))).ToArray();
        foreach (var step in inventory.Steps)
        {
            needed.AddSnapshot(step.Record?.SnapshotId);
        }

        foreach (var container in inventory.Containers)
        {
            needed.AddContainer(container);
        }

        var keptBytes = inventory.Size(needed);
        var images = groups.Select(group => new ImageUsage(
            group.First().Image.Target,
            [.. group.Select(image => image.Image.Reference).OfType<ImageReference>()],
            group.Max(image => image.Since),
            inventory.Size(closures[group.Key]),
            UniqueBytes(inventory, closures, group.Key),
            IsHeld(store, LeaseKey.OfBlob(group.Key)))).ToArray();
        var total = inventory.Blobs.Values.Sum() + inventory.Snapshots.Keys.Sum(inventory.UsageOf);
        return new StoreUsage(images, steps, imageBytes, keptBytes - imageBytes, total - keptBytes)
        {
            Caches = [.. inventory.Caches.Value.Select(cache => new CacheUsage(cache.Info.Name, cache.Info.Key.Id, cache.Info.LastUsed, cache.Bytes, cache.Info.InUse))],
            PartialBytes = store.Content.MeasurePartials(),
        };
    }

    private static Reachability ClosureOf(StoreInventory inventory, Descriptor target)
    {
        var closure = new Reachability(inventory, forgiving: true);
        closure.AddImage(target);
        return closure;
    }

    private static long UniqueBytes(StoreInventory inventory, Dictionary<Digest, Reachability> closures, Digest image)
    {
        var others = closures.Where(entry => entry.Key != image).Select(entry => entry.Value).ToArray();
        var own = closures[image];
        return own.Blobs.Where(blob => inventory.Blobs.ContainsKey(blob) && !others.Any(other => other.Blobs.Contains(blob))).Sum(blob => inventory.Blobs[blob])
            + own.Snapshots.Where(id => inventory.Snapshots.ContainsKey(id) && !others.Any(other => other.Snapshots.Contains(id))).Sum(inventory.UsageOf);
    }

    private static string DescriptionOf(InventoryStep step) =>
        step.Record!.Explanation.TryGetValue("command", out var command) ? command : step.Record.Explanation.Values.FirstOrDefault() ?? "";

    private static bool IsHeld(BuilderStore store, LeaseKey key)
    {
        if (store.IsReadOnly)
        {
            return false;
        }

        using var alone = store.Leases.OpenOwner();
        return !alone.TryTake(key.Offset);
    }
}
