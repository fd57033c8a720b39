using Builder.Archives.Compression;
using Builder.Engine.Exporters;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Images;

/// <summary>
/// Brings an image of the store into another form: its layers compressed, its documents under OCI's or Docker's media types.
/// What comes out is in the store as well, so a second conversion finds the work done.
/// </summary>
public sealed class ImageConverter(BuilderStore store)
{
    /// <param name="target">A manifest, or an index of several; every layer's tar must be in the store, or promised.</param>
    /// <returns>The converted manifest or index; the same one when there is nothing to do.</returns>
    public async Task<Descriptor> ConvertAsync(Descriptor target, ImageForm form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(form);
        if (form.ChangesNothing || !store.Content.Contains(target.Digest))
        {
            return target;
        }

        var content = store.Content.ReadDocument(target);
        return MediaTypes.IsIndex(target.MediaType) ? await ConvertIndexAsync(target, OciJson.ReadIndex(content), form, cancellationToken)
            : OciJson.ReadManifest(content) is var manifest && MediaTypes.IsConfig(manifest.Config.MediaType) && target.Platform is not { IsUnknown: true }
                ? await ConvertManifestAsync(target, manifest, form, cancellationToken)
                : target;
    }

    private async Task<Descriptor> ConvertIndexAsync(Descriptor target, ImageIndex index, ImageForm form, CancellationToken cancellationToken)
    {
        var manifests = new List<Descriptor>();
        foreach (var entry in index.Manifests)
        {
            manifests.Add(await ConvertAsync(entry, form, cancellationToken));
        }

        var type = NameOf(MediaTypes.OciIndex, form);
        var converted = index with { MediaType = type, Manifests = [.. manifests.Select(entry => Repoint(entry, index.Manifests, manifests))] };
        return target with { MediaType = type, Digest = Put(OciJson.Write(converted), type, out var size), Size = size };
    }

    /// <summary>An attestation names the manifest that it is about, which may have become another.</summary>
    private static Descriptor Repoint(Descriptor entry, IReadOnlyList<Descriptor> before, List<Descriptor> after)
    {
        const string Subject = "vnd.docker.reference.digest";
        for (var i = 0; i < before.Count && entry.Annotation(Subject) is { } subject; i++)
        {
            if (before[i].Digest.ToString() == subject)
            {
                return entry.Annotate(Subject, after[i].Digest.ToString());
            }
        }

        return entry;
    }

    private async Task<Descriptor> ConvertManifestAsync(Descriptor target, ImageManifest manifest, ImageForm form, CancellationToken cancellationToken)
    {
        var config = OciJson.ReadConfig(store.Content.ReadDocument(manifest.Config));
        var layers = new List<Descriptor>();
        var diffIds = new List<DiffId>();
        foreach (var (layer, diffId) in manifest.Layers.Zip(config.RootFs.DiffIds))
        {
            var (blob, inner) = await ConvertLayerAsync(layer, diffId, form, cancellationToken);
            layers.Add(blob with { MediaType = NameOf(blob.MediaType, form) });
            diffIds.Add(inner);
        }

        var configType = NameOf(MediaTypes.OciConfig, form);
        var configDescriptor = manifest.Config with { MediaType = configType };
        if (!diffIds.SequenceEqual(config.RootFs.DiffIds))
        {
            var changed = config with { RootFs = config.RootFs with { DiffIds = diffIds } };
            ImageLaws.Require(manifest with { Layers = layers }, changed);
            configDescriptor = configDescriptor with { Digest = Put(OciJson.Write(changed), configType, out var configSize), Size = configSize };
        }

        var type = NameOf(MediaTypes.OciManifest, form);
        var converted = manifest with { MediaType = type, Config = configDescriptor, Layers = layers };
        return target with { MediaType = type, Digest = Put(OciJson.Write(converted), type, out var size), Size = size };
    }

    private async Task<(Descriptor Blob, DiffId DiffId)> ConvertLayerAsync(Descriptor layer, DiffId diffId, ImageForm form, CancellationToken cancellationToken)
    {
        var plain = layer.Digest == diffId.Digest;
        if (form.Compression is not { } wanted
            || !MediaTypes.IsLayer(layer.MediaType)
            || (!plain && !form.ForceCompression)
            || (plain && wanted.Format == LayerFormat.Uncompressed))
        {
            return (layer, diffId);
        }

        var stored = await store.Layers.EnsureBlobAsync(diffId, wanted, cancellationToken);
        return (stored.Blob, stored.DiffId);
    }

    private static string NameOf(string mediaType, ImageForm form) =>
        form.OciMediaTypes ? MediaTypeFamilies.ToOci(mediaType) : MediaTypeFamilies.ToDocker(mediaType);

    private Digest Put(byte[] document, string mediaType, out long size)
    {
        var descriptor = store.Content.Put(document, mediaType);
        size = descriptor.Size;
        return descriptor.Digest;
    }
}
