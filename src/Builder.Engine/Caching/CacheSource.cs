using System.Text.Json;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Registry;

namespace Builder.Engine.Caching;

/// <summary>A cache that came from elsewhere: its document, and how its layers are had.</summary>
internal sealed record CacheSource(CacheDocument Document, IReadOnlyList<Descriptor> Blobs, Func<Descriptor, CancellationToken, Task<Stream>> OpenBlobAsync)
{
    /// <summary>Reads what a <c>--cache-from</c> names; nothing for an image without a cache in it. No layer is fetched.</summary>
    /// <exception cref="Builder.Diagnostics.BuilderException">It cannot be read.</exception>
    public static async Task<IReadOnlyList<CacheSource>> ReadAsync(CacheSpec spec, RegistryClient registry, CancellationToken cancellationToken)
    {
        if (spec.Kind == CacheKind.Local)
        {
            var layout = new LayoutFolder(spec.Folder!);
            Task<Stream> Open(Descriptor blob, CancellationToken token) => Task.FromResult<Stream>(layout.OpenBlob(blob));
            return await ReadAsync(layout.FindRoot(spec.Tag), document => Task.FromResult(layout.ReadDocument(document)), Open);
        }

        var repository = spec.Reference!;
        var root = await registry.FindAsync(repository, cancellationToken);
        return await ReadAsync(
            root,
            document => registry.FetchDocumentAsync(repository, document, cancellationToken),
            async (blob, token) => new BlockingReadStream(await registry.OpenBlobAsync(repository, blob, null, token), token));
    }

    private static async Task<IReadOnlyList<CacheSource>> ReadAsync(Descriptor root, Func<Descriptor, Task<byte[]>> read, Func<Descriptor, CancellationToken, Task<Stream>> open)
    {
        var manifests = MediaTypes.IsIndex(root.MediaType) ? OciJson.ReadIndex(await read(root)).Manifests.Where(entry => MediaTypes.IsManifest(entry.MediaType)).ToList() : [root];
        var found = new List<CacheSource>();
        foreach (var entry in manifests)
        {
            var manifest = OciJson.ReadManifest(await read(entry));
            var document = manifest.Config.MediaType == CacheDocument.MediaType ? CacheDocument.Read(await read(manifest.Config))
                : MediaTypes.IsConfig(manifest.Config.MediaType) ? Inline(await read(manifest.Config))
                : null;
            if (document is not null && document.Layers.All(layer => layer.Blob < manifest.Layers.Count))
            {
                found.Add(new CacheSource(document, manifest.Layers, open));
            }
        }

        return found;
    }

    private static CacheDocument? Inline(byte[] config) =>
        OciJson.ReadConfig(config).Other?.TryGetValue(CacheDocument.InlineKey, out var element) == true
            ? CacheDocument.Read(JsonSerializer.SerializeToUtf8Bytes(element, CacheJson.Types.JsonElement))
            : null;
}
