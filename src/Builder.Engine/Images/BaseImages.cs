using System.Collections.Concurrent;
using Builder.Diagnostics;
using Builder.Engine.Pulling;
using Builder.Graph.Compilation;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Engine.Images;

/// <summary>
/// Where base images come from: the store, an OCI layout, a registry; in this order for a name. Only manifest and config are
/// fetched to find out what a name means.
/// </summary>
/// <param name="pull">Whether a name means what its registry says or what the store remembers.</param>
internal sealed class BaseImages(BuilderStore store, RegistryClient registry, PullPolicy pull = PullPolicy.Missing) : IImageResolver
{
    /// <summary>Smaller layers are unpacked while they arrive; from here on it is worth more that a broken download goes on in the next run.</summary>
    private const long ResumableFrom = 32 << 20;

    private readonly ImagePuller puller = new(store, registry);
    private readonly ConcurrentDictionary<Digest, BaseImage> known = new();

    public async Task<ResolvedBase> ResolveAsync(ImageReference reference, Platform platform, SourceSpan? span, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return Remember(await FindAsync(reference, platform, cancellationToken), reference, null);
    }

    public Task<ResolvedBase> ResolveAsync(LayoutContext layout, Platform platform, SourceSpan? span, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var image = new LayoutFolder(layout.Path).Find(layout.Reference, platform);
        var name = new ImageReference("oci-layout", Path.GetFileName(Path.TrimEndingDirectorySeparator(layout.Path)), layout.Reference, null);
        return Task.FromResult(Remember(image, name, layout.Path));
    }

    /// <summary>An image that was resolved before.</summary>
    public BaseImage Get(Digest manifestDigest) => known[manifestDigest];

    /// <summary>A layer of some image that was resolved before; null when none has it.</summary>
    public (BaseImage Image, Descriptor Blob)? FindLayer(DiffId diffId)
    {
        foreach (var image in known.Values)
        {
            for (var i = 0; i < image.Config.RootFs.DiffIds.Count; i++)
            {
                if (image.Config.RootFs.DiffIds[i] == diffId)
                {
                    return (image, image.Manifest.Layers[i]);
                }
            }
        }

        return null;
    }

    /// <summary>Opens a layer: from the store if it is there, else from where the image was found.</summary>
    public Task<Stream> OpenLayerAsync(BaseImage image, Descriptor layer, CancellationToken cancellationToken) =>
        store.Content.TryOpenRead(layer.Digest) is { } file
            ? Task.FromResult<Stream>(file)
            : image.OpenBlobAsync(layer, cancellationToken);

    /// <summary>The same for a layer that will be read as a whole: of a big one, what earlier runs have got is not fetched again.</summary>
    public async Task<Stream> OpenResumableAsync(BaseImage image, Descriptor layer, CancellationToken cancellationToken)
    {
        if (image.Name is { } name && layer.Size >= ResumableFrom && !store.Content.Contains(layer.Digest))
        {
            await puller.FetchBlobAsync(name, layer, new LayerReport(layer, static (_, _) => { }), cancellationToken);
        }

        return await OpenLayerAsync(image, layer, cancellationToken);
    }

    /// <summary>Brings big layers that still have to be unpacked into the store, with what earlier runs left of them.</summary>
    /// <param name="progress">Told of each how much is there; called from several threads.</param>
    public Task FetchBigLayersAsync(BaseImage image, Action<Descriptor, long> progress, CancellationToken cancellationToken)
    {
        if (image.Name is not { } name)
        {
            return Task.CompletedTask;
        }

        var chain = ChainId.Stack([.. image.Config.RootFs.DiffIds]);
        var unpacked = chain.TakeWhile(id => store.Snapshots.FindChain(id) is not null).Count();
        return Parallel.ForEachAsync(
            image.Manifest.Layers.Skip(unpacked).Where(layer => layer.Size >= ResumableFrom).DistinctBy(layer => layer.Digest),
            cancellationToken,
            async (layer, token) => await puller.FetchBlobAsync(name, layer, new LayerReport(layer, progress), token));
    }

    /// <summary>Brings every blob of an image into the store, so that the store can vouch for it. A promise is as good as a blob.</summary>
    public async Task FetchAllAsync(BaseImage image, CancellationToken cancellationToken)
    {
        foreach (var layer in image.Manifest.Layers)
        {
            if (!store.Content.Contains(layer.Digest) && !store.Layers.Contains(new DiffId(layer.Digest)))
            {
                await using var stream = await image.OpenBlobAsync(layer, cancellationToken);
                await store.Content.IngestAsync(stream, layer.Digest, layer.Size, cancellationToken);
            }
        }

        KeepName(image);
    }

    /// <summary>The image is whole now: from here on the store knows it by its name.</summary>
    public void KeepName(BaseImage image)
    {
        if (image.Name is { } name)
        {
            store.Names.Set(name, image.Descriptor);
        }
    }

    private async Task<BaseImage> FindAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        var stored = pull == PullPolicy.Always ? null : FindUndamaged(reference, platform);
        switch (pull)
        {
            case PullPolicy.Missing when stored is not null:
            case PullPolicy.Never when stored is not null:
                return stored;
            case PullPolicy.Never:
                throw new BuilderException(
                    EngineErrors.NotPulled, $"{reference} is not in the store for {platform}, and may not be pulled", $"'builder pull {reference.Familiar}' brings it, or leave --pull=never away");
            case PullPolicy.Newer when stored is not null:
                try
                {
                    return await FetchAsync(reference, platform, cancellationToken);
                }
                catch (RegistryException)
                {
                    return stored;
                }

            default:
                return await FetchAsync(reference, platform, cancellationToken);
        }
    }

    private ResolvedBase Remember(BaseImage image, ImageReference reference, string? layoutPath)
    {
        ImageLaws.Require(image.Manifest, image.Config);
        known[image.Descriptor.Digest] = image;
        return new ResolvedBase(reference, image.Descriptor.Digest, image.Manifest, image.Config) { LayoutPath = layoutPath };
    }

    /// <summary>What is damaged in the store is fetched again, where that is allowed.</summary>
    private BaseImage? FindUndamaged(ImageReference reference, Platform platform)
    {
        try
        {
            return FindInStore(reference, platform);
        }
        catch (BuilderException e) when (e.Code == StorageErrors.Corrupt && pull != PullPolicy.Never)
        {
            store.Warn($"{reference.Familiar} is looked for in its registry: {e.Message}");
            return null;
        }
    }

    private BaseImage? FindInStore(ImageReference reference, Platform platform)
    {
        var found = store.Names.Resolve(reference);
        if (found is not null && MediaTypes.IsIndex(found.MediaType))
        {
            found = OciJson.ReadIndex(store.Content.ReadDocument(found)).Choose(platform);
        }

        if (found is null || !store.Content.Contains(found.Digest))
        {
            return null;
        }

        var manifest = OciJson.ReadManifest(store.Content.ReadDocument(found));
        if (!store.Content.Contains(manifest.Config.Digest))
        {
            return null;
        }

        var config = OciJson.ReadConfig(store.Content.ReadDocument(manifest.Config));
        return platform.Rank(config.Platform) is null || !IsWhole(manifest)
            ? null
            : new BaseImage(found, manifest, config, null, (blob, token) => OpenAgainAsync(reference, blob, token));
    }

    /// <summary>Whether every layer can be had here. To ask is to hold: no collector takes it away before the build has ended.</summary>
    private bool IsWhole(ImageManifest manifest) =>
        manifest.Layers.All(layer => store.Content.Contains(layer.Digest) || store.Layers.Contains(new DiffId(layer.Digest)));

    /// <summary>A layer that is promised, or whose blob was there when it was looked for and has proved damaged since.</summary>
    private async Task<Stream> OpenAgainAsync(ImageReference reference, Descriptor blob, CancellationToken cancellationToken) =>
        pull == PullPolicy.Never || store.Layers.Contains(new DiffId(blob.Digest))
            ? OpenPromised(blob, cancellationToken)
            : new BlockingReadStream(await registry.OpenBlobAsync(reference, blob, null, cancellationToken), cancellationToken);

    /// <summary>A layer that an earlier build made and nobody has asked for yet: written now, to be read at once.</summary>
    private FileStream OpenPromised(Descriptor blob, CancellationToken cancellationToken)
    {
        using (var writer = store.Content.CreateWriter())
        {
            store.Layers.CopyTo(blob, writer, cancellationToken);
            writer.Commit(blob.Digest, blob.Size);
        }

        return store.Content.OpenRead(blob.Digest);
    }

    private async Task<BaseImage> FetchAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        var resolved = await registry.ResolveAsync(reference, platform, cancellationToken);
        var config = await registry.FetchDocumentAsync(reference, resolved.Manifest.Config, cancellationToken);
        store.Content.Put(resolved.Document, resolved.Descriptor.MediaType);
        store.Content.Put(config, resolved.Manifest.Config.MediaType);
        foreach (var blob in resolved.Manifest.Layers)
        {
            // A push to the same registry asks for a mount from here instead of sending it.
            store.Transfers.RememberPlace(blob.Digest, reference.Repository);
        }

        return new BaseImage(
            resolved.Descriptor,
            resolved.Manifest,
            OciJson.ReadConfig(config),
            reference,
            async (blob, token) => new BlockingReadStream(await registry.OpenBlobAsync(reference, blob, null, token), token));
    }

    private sealed class LayerReport(Descriptor layer, Action<Descriptor, long> progress) : IProgress<long>
    {
        public void Report(long value) => progress(layer, value);
    }
}
