using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Engine.Pushing;

/// <summary>Decides what of an image goes out as it is and what is compressed on the way.</summary>
internal sealed class PushPlanner(BuilderStore store, RegistryClient registry, PushRequest request)
{
    private const int MaxDepth = 3;

    public PushNode Plan()
    {
        var target = request.Target;
        for (var depth = 0; request.Platform is { } platform && MediaTypes.IsIndex(target.MediaType) && depth < MaxDepth; depth++)
        {
            var index = OciJson.ReadIndex(Read(target));
            target = index.Choose(platform) ?? throw new BuilderException(
                EngineErrors.CannotPush,
                $"no match for platform in manifest: the image is not there for {platform}",
                "it is there for " + string.Join(", ", index.Manifests.Select(entry => entry.Platform).OfType<Platform>().Where(p => !p.IsUnknown)));
        }

        return Plan(target, 0);
    }

    private PushNode Plan(Descriptor target, int depth)
    {
        var stored = Read(target);
        if (!MediaTypes.IsIndex(target.MediaType))
        {
            return PlanImage(target, stored);
        }

        if (depth == MaxDepth)
        {
            throw new BuilderException(EngineErrors.CannotPush, $"the index {target.Digest} is nested more than {MaxDepth} deep");
        }

        var index = OciJson.ReadIndex(stored);
        var children = index.Manifests.Select(entry => Plan(entry, depth + 1)).ToArray();
        var type = request.Format switch { PushFormat.Docker => MediaTypes.DockerManifestList, PushFormat.Oci => MediaTypes.OciIndex, _ => target.MediaType };
        return new IndexNode(target, stored, index, type, children);
    }

    private ImageNode PlanImage(Descriptor target, byte[] stored)
    {
        var manifest = OciJson.ReadManifest(stored);
        var isImage = MediaTypes.IsConfig(manifest.Config.MediaType);
        var diffIds = isImage ? OciJson.ReadConfig(Read(manifest.Config)).RootFs.DiffIds : [];
        var type = !isImage ? target.MediaType
            : request.Format switch { PushFormat.Docker => MediaTypes.DockerManifest, PushFormat.Oci => MediaTypes.OciManifest, _ => target.MediaType };
        var config = manifest.Config with
        {
            MediaType = !isImage ? manifest.Config.MediaType : type == MediaTypes.DockerManifest ? MediaTypes.DockerConfig : MediaTypes.OciConfig,
        };
        var layers = manifest.Layers.Select((layer, i) => isImage && i < diffIds.Count ? PlanLayer(layer, diffIds[i], type) : AsItIs(layer, layer, "blob"));
        return new ImageNode(target, stored, manifest, type, AsItIs(config, config, "config"), [.. layers]);
    }

    private PushPiece PlanLayer(Descriptor layer, DiffId diffId, string manifestType)
    {
        var compression = request.Compression;
        var isPlain = layer.Digest == diffId.Digest;
        var kind = KindOf(layer, isPlain);
        if (!MediaTypes.IsLayer(layer.MediaType) || kind == compression.Format || !(isPlain || request.ForceCompression))
        {
            return AsItIs(layer, layer with { MediaType = TypeOf(layer, kind, manifestType) }, "layer");
        }

        if (compression.Format == LayerFormat.Uncompressed)
        {
            return new PushPiece(
                $"layer {diffId.Digest.Short}", diffId.ToString(), layer with { MediaType = TypeOf(layer, LayerFormat.Uncompressed, manifestType) }, new LayerSource(store, diffId, compression, null));
        }

        var known = store.Transfers.FindCompressed(diffId, compression.Key);
        if (!store.Layers.Contains(diffId) && known is null)
        {
            // It lies in a registry, compressed in another way than is wanted.
            throw new BuilderException(EngineErrors.CannotPush, $"the layer {layer.Digest} is not in the store and cannot be compressed again", "pull the base image first, or leave --force-compression out");
        }

        return new PushPiece(
            $"layer {diffId.Digest.Short}",
            $"{diffId}+{compression.Key}",
            layer with { MediaType = TypeOf(layer, compression.Format, manifestType) },
            new LayerSource(store, diffId, compression, known));
    }

    private PushPiece AsItIs(Descriptor blob, Descriptor listed, string what)
    {
        return new PushPiece($"{what} {blob.Digest.Short}", blob.Digest.ToString(), listed, StoredBlobSource.Of(store, blob, token => OpenElsewhereAsync(blob, token)));
    }

    /// <summary>Straight from where the blob was seen, through this process, to where it goes.</summary>
    private async Task<Stream> OpenElsewhereAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        RegistryException? failure = null;
        foreach (var place in store.Transfers.PlacesOf(blob.Digest))
        {
            try
            {
                return await registry.OpenBlobAsync(ImageReference.Parse(place), blob, null, cancellationToken);
            }
            catch (RegistryException e)
            {
                failure = e;
            }
        }

        if (request.OpenBlob is { } open)
        {
            return await open(blob, cancellationToken);
        }

        throw new BuilderException(EngineErrors.CannotPush, $"{blob.Digest} of the image is neither in the store nor where it was last seen", "pull or build the image again", inner: failure);
    }

    private static LayerFormat KindOf(Descriptor layer, bool isPlain) => layer.MediaType switch
    {
        _ when isPlain => LayerFormat.Uncompressed,
        MediaTypes.OciLayerZstd or MediaTypes.DockerLayerZstd => LayerFormat.Zstd,
        _ => LayerFormat.Gzip,
    };

    private static string TypeOf(Descriptor layer, LayerFormat format, string manifestType)
    {
        if (!MediaTypes.IsLayer(layer.MediaType))
        {
            return layer.MediaType;
        }

        if (manifestType == MediaTypes.DockerManifest && format == LayerFormat.Zstd)
        {
            throw new BuilderException(EngineErrors.CannotPush, "Docker's format has no layers compressed with zstd", "use --format oci, or --compression gzip with --force-compression");
        }

        var type = new LayerCompression(format).MediaType;
        return manifestType == MediaTypes.DockerManifest ? MediaTypeFamilies.ToDocker(type) : type;
    }

    private byte[] Read(Descriptor document)
    {
        if (!store.Content.Contains(document.Digest))
        {
            throw new BuilderException(
                EngineErrors.CannotPush,
                document.Platform is { IsUnknown: false } platform ? $"the image for {platform} is not in the store" : $"{document.Digest} of the image is not in the store",
                "the index lists more than was pulled: choose one image with --platform, or copy all of it from its registry with 'builder copy'");
        }

        return store.Content.ReadDocument(document);
    }
}
