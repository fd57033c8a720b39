using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Engine.Caching;
using Builder.Engine.Copying;
using Builder.Engine.Exporters;
using Builder.Engine.Images;
using Builder.Engine.Pushing;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;
using Builder.Storage.CacheMounts;

namespace Builder.Engine.CacheMounts;

/// <summary>
/// What <c>RUN --mount=type=cache</c> keeps, on its way to other machines: a manifest whose layers are the caches, one each, in a
/// registry or a folder (spec/formats.md, "Caches that travel"). A cache that has not changed is not sent again.
/// </summary>
public sealed class CacheMountTravel(BuilderStore store, RegistryClient registry)
{
    private const string MediaType = "application/vnd.builder.cachemounts.v1+json";
    private const long MaxUnpacked = 64L << 30;

    /// <summary>Sends caches; all for no ids.</summary>
    /// <returns>The ids that went.</returns>
    /// <exception cref="BuilderException">They cannot be written.</exception>
    public async Task<IReadOnlyList<string>> ExportAsync(CacheSpec spec, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var entries = new List<CacheMountEntry>();
        var layers = new List<Descriptor>();
        foreach (var info in await store.CacheMounts.ListAsync(cancellationToken))
        {
            if (ids.Count == 0 || ids.Contains(info.Key.Id))
            {
                entries.Add(new CacheMountEntry(info.Key.Id, info.Key.Origin, info.Key.Mode, info.Key.Uid, info.Key.Gid, layers.Count));
                layers.Add(await PackAsync(info.Key, spec.Compression, cancellationToken));
            }
        }

        var document = new CacheMountDocument { Caches = entries };
        var config = store.Content.Put(JsonSerializer.SerializeToUtf8Bytes(document, CacheMountJson.Default.CacheMountDocument), MediaType);
        var manifest = store.Content.Put(OciJson.Write(new ImageManifest { MediaType = MediaTypes.OciManifest, Config = config, Layers = layers }), MediaTypes.OciManifest);
        if (spec.Kind == CacheKind.Local)
        {
            CacheLayout.Write(store, spec.Folder!, spec.Tag, manifest, [manifest, config, .. layers]);
        }
        else
        {
            await new ImagePusher(store, registry).PushAsync(new PushRequest(manifest, [spec.Reference!]), null, cancellationToken);
        }

        return [.. entries.Select(entry => entry.Id)];
    }

    /// <summary>Takes in caches that are not here; all for no ids. What is here already stays as it is.</summary>
    /// <returns>The ids that came.</returns>
    /// <exception cref="BuilderException">They cannot be read.</exception>
    public async Task<IReadOnlyList<string>> ImportAsync(CacheSpec spec, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var (document, layers, open) = await ReadAsync(spec, cancellationToken);
        var known = (await store.CacheMounts.ListAsync(cancellationToken)).Select(info => info.Key).ToHashSet();
        var came = new List<string>();
        foreach (var entry in document.Caches.Where(entry => entry.Layer >= 0 && entry.Layer < layers.Count && (ids.Count == 0 || ids.Contains(entry.Id))))
        {
            var key = new CacheMountKey(entry.Id) { Origin = entry.Origin, Mode = entry.Mode, Uid = entry.Uid, Gid = entry.Gid };
            if (!known.Add(key))
            {
                continue;
            }

            await StoreAsync(layers[entry.Layer], open, cancellationToken);
            using var lease = await store.CacheMounts.AcquireAsync(key, CacheMountSharing.Shared, folder => Unpack(layers[entry.Layer], folder, cancellationToken), null, cancellationToken);
            came.Add(entry.Id);
        }

        return came;
    }

    private async Task<Descriptor> PackAsync(CacheMountKey key, LayerCompression compression, CancellationToken cancellationToken)
    {
        using var lease = await store.CacheMounts.AcquireAsync(key, CacheMountSharing.Shared, null, null, cancellationToken);
        using var root = RootDirectory.Open(lease.Path);
        await using var blob = store.Content.CreateWriter();
        await LayerEncoder.EncodeAsync(stream => TreeTar.Write(root, stream, cancellationToken), compression, blob, null, cancellationToken);
        var (digest, size) = blob.Commit();
        return new Descriptor(compression.MediaType, digest, size);
    }

    private async Task StoreAsync(Descriptor layer, Func<Descriptor, CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        if (!store.Content.Contains(layer.Digest))
        {
            await using var stream = await open(layer, cancellationToken);
            await store.Content.IngestAsync(stream, layer.Digest, layer.Size, cancellationToken);
        }
    }

    private void Unpack(Descriptor layer, string folder, CancellationToken cancellationToken)
    {
        using var root = RootDirectory.Open(folder);
        using var stored = store.Content.OpenRead(layer.Digest);
        new ArchiveExtractor(root, null, cancellationToken).Extract(stored, MaxUnpacked);
    }

    private async Task<(CacheMountDocument Document, IReadOnlyList<Descriptor> Layers, Func<Descriptor, CancellationToken, Task<Stream>> Open)> ReadAsync(CacheSpec spec, CancellationToken cancellationToken)
    {
        byte[] config;
        ImageManifest manifest;
        Func<Descriptor, CancellationToken, Task<Stream>> open;
        if (spec.Kind == CacheKind.Local)
        {
            var layout = new LayoutFolder(spec.Folder!);
            manifest = OciJson.ReadManifest(layout.ReadDocument(layout.FindRoot(spec.Tag)));
            config = layout.ReadDocument(manifest.Config);
            open = (blob, _) => Task.FromResult<Stream>(layout.OpenBlob(blob));
        }
        else
        {
            var repository = spec.Reference!;
            manifest = OciJson.ReadManifest(await registry.FetchDocumentAsync(repository, await registry.FindAsync(repository, cancellationToken), cancellationToken));
            config = await registry.FetchDocumentAsync(repository, manifest.Config, cancellationToken);
            open = (blob, token) => registry.OpenBlobAsync(repository, blob, null, token);
        }

        return manifest.Config.MediaType == MediaType && JsonSerializer.Deserialize(config, CacheMountJson.Default.CacheMountDocument) is { } document
            ? (document, manifest.Layers, open)
            : throw new BuilderException(EngineErrors.BadCacheSpec, $"{(object?)spec.Reference ?? spec.Folder} holds no cache mounts", "'builder cache export' or --cache-mount-to writes them");
    }
}

/// <summary>The config of caches that travel.</summary>
internal sealed record CacheMountDocument
{
    [AllowNull]
    public IReadOnlyList<CacheMountEntry> Caches { get; init => field = value ?? []; } = [];
}

/// <param name="Layer">The place of its content among the manifest's layers.</param>
internal sealed record CacheMountEntry(string Id, string? Origin, uint? Mode, uint? Uid, uint? Gid, int Layer);

[JsonSerializable(typeof(CacheMountDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class CacheMountJson : JsonSerializerContext;
