using Builder.Diagnostics;
using Builder.Engine.Pushing;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Engine.Caching;

/// <summary>
/// Writes what a build knows where <c>--cache-to</c> says: a manifest of the shape of an image, whose config is the
/// <see cref="CacheDocument"/> and whose layers are the results'. Equal results give an equal manifest, so that nothing is sent
/// when nothing changed.
/// </summary>
internal sealed class CacheExporter(BuilderStore store, RegistryClient registry, Func<Snapshot, LayerOptions> options)
{
    /// <exception cref="BuilderException">The cache cannot be written.</exception>
    public async Task ExportAsync(CacheSpec spec, IReadOnlyList<(Digest Key, StepRecord Record)> records, CancellationToken cancellationToken)
    {
        var writer = new CacheWriter(store, options);
        var document = writer.Describe(records, cancellationToken);
        var layers = new List<Descriptor>();
        foreach (var diffId in writer.OwnLayers)
        {
            layers.Add((await store.Layers.EnsureBlobAsync(diffId, spec.Compression, cancellationToken)).Blob);
        }

        var config = store.Content.Put(document.Write(), CacheDocument.MediaType);
        var manifest = store.Content.Put(
            OciJson.Write(new ImageManifest { MediaType = MediaTypes.OciManifest, Config = config, Layers = layers }), MediaTypes.OciManifest);
        if (spec.Kind == CacheKind.Local)
        {
            CacheLayout.Write(store, spec.Folder!, spec.Tag, manifest, [manifest, config, .. layers]);
        }
        else
        {
            await new ImagePusher(store, registry).PushAsync(new PushRequest(manifest, [spec.Reference!]), null, cancellationToken);
        }
    }
}
