using Builder.Diagnostics;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Engine.Pulling;

/// <summary>What a pull brought.</summary>
/// <param name="Reference">As the user named it, complete.</param>
/// <param name="Target">What the name stands for in the store from now on: a manifest, or an index with the manifests that were wanted.</param>
/// <param name="RepositoryDigest">The digest that the registry knows it by.</param>
/// <param name="IsNew">Whether the store called something else, or nothing, by this name before.</param>
public sealed record PulledImage(ImageReference Reference, Descriptor Target, Digest RepositoryDigest, bool IsNew);

/// <summary>Whole images from registries into the store: documents first, then blobs side by side, the name last.</summary>
public sealed class ImagePuller(BuilderStore store, RegistryClient registry)
{
    /// <summary>More help only where the way is long and every server on it is patient.</summary>
    private const int BlobsAtOnce = 4;

    /// <summary>Pulls an image for one platform. Nothing that the store has is fetched again, and nothing is fetched when the registry's digest says that all is there.</summary>
    /// <exception cref="BuilderException">Of the registry or of the store; what has arrived is kept for the next attempt.</exception>
    public async Task<PulledImage> PullAsync(ImageReference reference, Platform platform, IPullEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(events);
        var known = store.Names.Find(reference);
        var before = known?.Target;

        // A HEAD costs nothing where pulls are counted; only something new is asked for with a GET.
        if (before is not null && IsComplete(before, platform))
        {
            var current = await registry.FindAsync(reference, cancellationToken);
            if ((MediaTypes.IsIndex(current.MediaType) ? await ChooseAsync(reference, current, platform, cancellationToken) : current)?.Digest == before.Digest)
            {
                if (known!.RepositoryDigest != current.Digest)
                {
                    // The list that it is in changed, the image did not.
                    store.Names.Set(reference, before, current.Digest);
                }

                return new PulledImage(reference, before, current.Digest, false);
            }
        }

        var image = await registry.ResolveAsync(reference, platform, cancellationToken);
        await FetchConfigAsync(image, platform, cancellationToken);
        await FetchBlobsAsync(image, events, cancellationToken);
        store.Content.Put(image.Document, image.Descriptor.MediaType);
        store.Names.Set(reference, image.Descriptor, image.RepositoryDigest);
        return new PulledImage(reference, image.Descriptor, image.RepositoryDigest, before?.Digest != image.Descriptor.Digest);
    }

    /// <summary>Brings a blob into the store unless it is there: what earlier runs left of it is used, and what arrives is kept.</summary>
    public async Task FetchBlobAsync(ImageReference repository, Descriptor blob, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        if (store.Content.Contains(blob.Digest))
        {
            return;
        }

        using var partial = store.Content.OpenPartial(blob);
        await registry.FetchBlobAsync(repository, blob, new PartialTarget(partial), progress, cancellationToken);
        partial.Commit();
    }

    /// <summary>What an index means for a platform; null when only a full resolution can tell.</summary>
    private async Task<Descriptor?> ChooseAsync(ImageReference reference, Descriptor index, Platform platform, CancellationToken cancellationToken)
    {
        if (!store.Content.Contains(index.Digest))
        {
            store.Content.Put(await registry.FetchDocumentAsync(reference, index, cancellationToken), index.MediaType);
        }

        return OciJson.ReadIndex(store.Content.ReadDocument(index)).Choose(platform);
    }

    private async Task FetchConfigAsync(ResolvedImage image, Platform platform, CancellationToken cancellationToken)
    {
        if (!store.Content.Contains(image.Manifest.Config.Digest))
        {
            store.Content.Put(await registry.FetchDocumentAsync(image.Reference, image.Manifest.Config, cancellationToken), image.Manifest.Config.MediaType);
        }

        if (!MediaTypes.IsConfig(image.Manifest.Config.MediaType))
        {
            return;
        }

        var config = OciJson.ReadConfig(store.Content.ReadDocument(image.Manifest.Config));
        ImageLaws.Require(image.Manifest, config);
        if (platform.Rank(config.Platform) is null)
        {
            throw new BuilderException(
                EngineErrors.WrongPlatform, $"{image.Reference} is an image for {config.Platform}, not for {platform}", $"pull it with --platform={config.Platform}, or another tag of it");
        }
    }

    private Task FetchBlobsAsync(ResolvedImage image, IPullEvents events, CancellationToken cancellationToken)
    {
        var layers = image.Manifest.Layers.DistinctBy(layer => layer.Digest).ToArray();
        var missing = layers.Where(layer => !store.Content.Contains(layer.Digest)).ToArray();
        foreach (var layer in layers)
        {
            events.Wanted(layer, !missing.Contains(layer));
        }

        return Parallel.ForEachAsync(
            missing,
            new ParallelOptions { MaxDegreeOfParallelism = BlobsAtOnce, CancellationToken = cancellationToken },
            async (layer, token) =>
            {
                await FetchBlobAsync(image.Reference, layer, new BlobProgress(layer, events), token);
                events.Done(layer);
            });
    }

    private bool IsComplete(Descriptor target, Platform platform)
    {
        if (!store.Content.Contains(target.Digest) || !MediaTypes.IsManifest(target.MediaType))
        {
            return false;
        }

        var manifest = OciJson.ReadManifest(store.Content.ReadDocument(target));
        return store.Content.Contains(manifest.Config.Digest)
            && manifest.Layers.All(layer => store.Content.Contains(layer.Digest))
            && (!MediaTypes.IsConfig(manifest.Config.MediaType) || platform.Rank(OciJson.ReadConfig(store.Content.ReadDocument(manifest.Config)).Platform) is not null);
    }

    private sealed class BlobProgress(Descriptor blob, IPullEvents events) : IProgress<long>
    {
        public void Report(long value) => events.Progress(blob, value);
    }
}
