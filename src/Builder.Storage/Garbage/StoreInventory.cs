using Builder.Oci;
using Builder.Storage.CacheMounts;
using Builder.Storage.Containers;
using Builder.Storage.Layers;
using Builder.Storage.Names;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Storage.Garbage;

/// <summary>A name of an image, or the record that keeps one without a name, and when the store took it in.</summary>
internal sealed record InventoryImage(NamedImage Image, DateTimeOffset Since);

/// <param name="Record">Null when it is damaged.</param>
internal sealed record InventoryStep(Digest Key, StepRecord? Record, DateTimeOffset LastUsed);

/// <summary>A cache of <c>RUN --mount=type=cache</c> and how much it takes.</summary>
internal sealed record InventoryCache(CacheMountInfo Info, long Bytes);

/// <summary>Everything that was in a store at one moment, read once and holding nothing; to compute with.</summary>
internal sealed class StoreInventory
{
    private readonly BuilderStore store;
    private readonly Dictionary<string, long> usage = new(StringComparer.Ordinal);

    private StoreInventory(BuilderStore store)
    {
        this.store = store;
        RootsVersion = store.Leases.RootsVersion();
        Images = [.. store.Names.List().Select(image => new InventoryImage(image, store.Names.Since(image)))];
        Steps = [.. store.Steps.Keys().Select(key => new InventoryStep(key, store.Steps.Read(key), store.Steps.LastUsed(key)))];
        Containers = [.. store.Containers.Ids().Select(id => store.Containers.ReadRecord(id)).OfType<ContainerRecord>()];
        Snapshots = store.Snapshots.List().ToDictionary(id => id, store.Snapshots.Read, StringComparer.Ordinal);
        Layers = [.. store.LayerRecords.List()];
        Chains = [.. store.Chains.List()];
        Blobs = store.Content.List().Distinct().ToDictionary(digest => digest, digest => store.Content.Measure(digest) ?? 0);
        Caches = new Lazy<IReadOnlyList<InventoryCache>>(() => [.. store.CacheMounts.List().Select(cache => new InventoryCache(cache, store.CacheMounts.Measure(cache).Bytes))]);
        Promises = Layers.Where(layer => layer.Snapshot is not null).ToLookup(layer => layer.DiffId, layer => layer.Snapshot!);
        LayerBlobs = Layers.Where(layer => layer.Blob is not null && !layer.IsEncoding).ToLookup(layer => layer.DiffId, layer => layer.Blob!.Value);
        ChainSnapshots = Chains.Where(chain => chain.SnapshotId is not null).ToLookup(chain => chain.ChainId, chain => chain.SnapshotId!);
    }

    /// <summary>Taken before anything was read: what was announced meanwhile makes it differ from the store's.</summary>
    internal string RootsVersion { get; }

    internal IReadOnlyList<InventoryImage> Images { get; }

    internal IReadOnlyList<InventoryStep> Steps { get; }

    /// <summary>Each keeps its image and what it stands on.</summary>
    internal IReadOnlyList<ContainerRecord> Containers { get; }

    /// <summary>Null for a folder whose record is missing or damaged.</summary>
    internal IReadOnlyDictionary<string, Snapshot?> Snapshots { get; }

    internal IReadOnlyList<LayerSource> Layers { get; }

    internal IReadOnlyList<(ChainId ChainId, string Path, string? SnapshotId)> Chains { get; }

    /// <summary>Sizes in bytes.</summary>
    internal IReadOnlyDictionary<Digest, long> Blobs { get; }

    /// <summary>Measured when somebody asks: that reads every folder of every cache.</summary>
    internal Lazy<IReadOnlyList<InventoryCache>> Caches { get; }

    internal ILookup<DiffId, string> Promises { get; }

    internal ILookup<DiffId, Digest> LayerBlobs { get; }

    internal ILookup<ChainId, string> ChainSnapshots { get; }

    internal static StoreInventory Take(BuilderStore store) => new(store);

    /// <exception cref="Diagnostics.BuilderException"><see cref="StorageErrors.Corrupt"/>.</exception>
    internal byte[] Read(Descriptor document) => store.Content.Read(document);

    /// <summary>The config of an image; null when it is not here, or is no image's.</summary>
    internal ImageConfig? ConfigOf(Descriptor target)
    {
        var manifest = MediaTypes.IsIndex(target.MediaType) && Blobs.ContainsKey(target.Digest) ? OciJson.ReadIndex(Read(target)).Choose(Platform.Host) : target;
        if (manifest is null || !MediaTypes.IsManifest(manifest.MediaType) || !Blobs.ContainsKey(manifest.Digest))
        {
            return null;
        }

        var config = OciJson.ReadManifest(Read(manifest)).Config;
        return MediaTypes.IsConfig(config.MediaType) && Blobs.ContainsKey(config.Digest) ? OciJson.ReadConfig(Read(config)) : null;
    }

    /// <summary>The bytes of a snapshot's files, measured once and remembered beside them.</summary>
    internal long UsageOf(string snapshotId) =>
        usage.TryGetValue(snapshotId, out var bytes) ? bytes : usage[snapshotId] = store.Snapshots.Usage(snapshotId);

    internal long Size(Reachability reachable) =>
        Blobs.Where(blob => reachable.Blobs.Contains(blob.Key)).Sum(blob => blob.Value)
        + Snapshots.Keys.Where(reachable.Snapshots.Contains).Sum(UsageOf);
}
