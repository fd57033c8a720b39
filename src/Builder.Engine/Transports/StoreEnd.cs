using Builder.Diagnostics;
using Builder.Engine.Pushing;
using Builder.Oci;
using Builder.Registry.Push;
using Builder.Storage;

namespace Builder.Engine.Transports;

/// <summary>An image of the store, as it is: layers that nobody has compressed yet are copied uncompressed.</summary>
public sealed class StoreSource(BuilderStore store, Descriptor image) : IImageSource
{
    private const int MaxDepth = 3;

    public ImageReference? Repository => null;

    public Task<Descriptor> ResolveAsync(Platform? platform, CancellationToken cancellationToken)
    {
        var found = image;
        for (var depth = 0; platform is not null && MediaTypes.IsIndex(found.MediaType) && depth < MaxDepth; depth++)
        {
            found = OciJson.ReadIndex(store.Content.ReadDocument(found)).Choose(platform)
                ?? throw new BuilderException(EngineErrors.BadTransport, $"no match for platform in manifest: the image is not there for {platform}");
        }

        return Task.FromResult(found with { Platform = null, Annotations = null });
    }

    public Task<byte[]> ReadAsync(Descriptor document, CancellationToken cancellationToken) => Task.FromResult(store.Content.ReadDocument(document));

    public BlobSource Blob(Descriptor blob) => StoredBlobSource.Of(
        store, blob, _ => throw new BuilderException(EngineErrors.BadTransport, $"{blob.Digest} is not in the store", "the image was pulled for one platform only: name it with --platform"));

    /// <summary>Whatever in the store has it as its subject.</summary>
    public Task<IReadOnlyList<Descriptor>> ReferrersAsync(Descriptor subject, CancellationToken cancellationToken)
    {
        var found = store.Names.List()
            .Select(named => named.Target)
            .Where(target => MediaTypes.IsManifest(target.MediaType) && store.Content.Contains(target.Digest))
            .Where(target => OciJson.ReadManifest(store.Content.ReadDocument(target)).Subject?.Digest == subject.Digest)
            .DistinctBy(target => target.Digest)
            .ToArray();
        return Task.FromResult<IReadOnlyList<Descriptor>>(found);
    }
}

/// <summary>The store; under a name, if it is to have one there.</summary>
/// <param name="name">Null for an image that only passes through.</param>
public sealed class StoreTarget(BuilderStore store, ImageReference? name) : IImageTarget
{
    // That a document is here does not mean that all it lists is.
    public Task<bool> HasAsync(Descriptor document, CancellationToken cancellationToken) => Task.FromResult(false);

    public async Task<PushedBlob> PutBlobAsync(BlobSource blob, ImageReference? mountFrom, Action<long>? progress, CancellationToken cancellationToken)
    {
        var wanted = blob.Descriptor ?? throw new InvalidOperationException("a copied blob has a digest");
        if (mountFrom is not null)
        {
            store.Transfers.RememberPlace(wanted.Digest, mountFrom.Repository);
        }

        if (store.Content.Contains(wanted.Digest) || store.Layers.Contains(new DiffId(wanted.Digest)))
        {
            return new PushedBlob(wanted, BlobFate.Existed, 0);
        }

        await using var stream = await blob.OpenAsync(0, cancellationToken);
        await using var counted = new CountingStream(stream, progress);
        await store.Content.IngestAsync(counted, wanted.Digest, wanted.Size, cancellationToken);
        return new PushedBlob(wanted, BlobFate.Sent, wanted.Size);
    }

    public Task<bool> PutDocumentAsync(Descriptor document, byte[] content, bool isRoot, CancellationToken cancellationToken)
    {
        var isNew = !store.Content.Contains(document.Digest);
        store.Content.Put(content, document.MediaType);
        if (isRoot && name is not null)
        {
            isNew |= store.Names.Resolve(name)?.Digest != document.Digest;
            store.Names.Set(name, document);
        }
        else if (!isRoot && MediaTypes.IsManifest(document.MediaType) && OciJson.ReadManifest(content).Subject is not null)
        {
            // Nothing lists a referrer: without a record of its own it would be swept.
            store.Names.Keep(document);
        }

        return Task.FromResult(isNew);
    }

    public Task CompleteAsync(Descriptor root, CancellationToken cancellationToken) => Task.CompletedTask;
}
