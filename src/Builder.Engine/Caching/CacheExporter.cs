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
            WriteLayout(spec, manifest, [manifest, config, .. layers]);
        }
        else
        {
            await new ImagePusher(store, registry).PushAsync(new PushRequest(manifest, [spec.Reference!]), null, cancellationToken);
        }
    }

    private void WriteLayout(CacheSpec spec, Descriptor manifest, IReadOnlyList<Descriptor> blobs)
    {
        var folder = spec.Folder!;
        try
        {
            foreach (var blob in blobs)
            {
                WriteOnce(Path.Combine(folder, OciLayout.BlobPath(blob.Digest)), stream =>
                {
                    using var stored = store.Content.OpenRead(blob.Digest);
                    stored.CopyTo(stream);
                });
            }

            WriteOnce(Path.Combine(folder, OciLayout.FileName), stream => stream.Write(OciJson.Write(OciLayout.Current)));
            var path = Path.Combine(folder, OciLayout.IndexFileName);
            var others = File.Exists(path) ? OciJson.ReadIndex(File.ReadAllBytes(path)).Manifests.Where(entry => entry.Annotation(AnnotationKeys.RefName) != spec.Tag) : [];
            var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. others, manifest.Annotate(AnnotationKeys.RefName, spec.Tag)] };
            Replace(path, stream => stream.Write(OciJson.Write(index)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.CacheNotWritten, $"the cache cannot be written to {folder}", inner: e);
        }
    }

    private static void WriteOnce(string path, Action<Stream> write)
    {
        if (!File.Exists(path))
        {
            Replace(path, write);
        }
    }

    private static void Replace(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".unfinished";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            write(file);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
