using Builder.Diagnostics;
using Builder.Engine.Transfers;
using Builder.Oci;
using Builder.Registry.Push;

namespace Builder.Engine.Transports;

/// <summary>What a copy takes along.</summary>
/// <param name="Platform">Of an index, the one image to copy; null copies all, and the digest stays what it was.</param>
/// <param name="Referrers">Signatures, attestations and whatever else refers to what is copied.</param>
public sealed record CopyOptions(Platform? Platform = null, bool Referrers = false);

/// <summary>What a copy did.</summary>
public sealed record CopyResult(Descriptor Root, long BytesSent, int Sent, int Mounted, int Existed, int Referrers, bool WasCurrent);

/// <summary>
/// Copies images between registries, layouts, archives and the store, byte for byte: digests never change. Blobs first, then
/// manifests, then the index, then the name; what the target has is not touched (spec/registry.md, "Copy").
/// </summary>
public sealed class ImageCopier(IImageSource source, IImageTarget target, Action<TransferEvent>? events = null)
{
    private const int BlobsAtOnce = 4;
    private const int MaxDepth = 4;
    private readonly HashSet<Digest> done = [];
    private readonly Lock gate = new();
    private long bytesSent;
    private int sent;
    private int mounted;
    private int existed;
    private int referrers;
    private bool changed;

    /// <exception cref="BuilderException">Whatever keeps the image from being copied.</exception>
    public async Task<CopyResult> CopyAsync(CopyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var root = await source.ResolveAsync(options.Platform, cancellationToken);
        await CopyDocumentAsync(root, isRoot: true, 0, options, cancellationToken);
        await target.CompleteAsync(root, cancellationToken);
        return new CopyResult(root, bytesSent, sent, mounted, existed, referrers, !changed);
    }

    private async Task CopyDocumentAsync(Descriptor document, bool isRoot, int depth, CopyOptions options, CancellationToken cancellationToken)
    {
        if (!done.Add(document.Digest))
        {
            return;
        }

        if (depth > MaxDepth)
        {
            throw new BuilderException(EngineErrors.BadTransport, $"{document.Digest} is nested more than {MaxDepth} deep");
        }

        var content = await source.ReadAsync(document, cancellationToken);
        var isThere = await target.HasAsync(document, cancellationToken);
        if (MediaTypes.IsIndex(document.MediaType))
        {
            foreach (var entry in OciJson.ReadIndex(content).Manifests)
            {
                await CopyEntryAsync(entry, isThere, depth, options, cancellationToken);
            }
        }
        else if (!isThere)
        {
            await CopyBlobsAsync(OciJson.ReadManifest(content), cancellationToken);
        }

        if (isRoot || !isThere)
        {
            changed |= await target.PutDocumentAsync(document, content, isRoot, cancellationToken);
        }

        if (options.Referrers)
        {
            foreach (var referrer in await source.ReferrersAsync(document, cancellationToken))
            {
                referrers++;
                await CopyDocumentAsync(referrer, isRoot: false, depth + 1, options, cancellationToken);
            }
        }
    }

    private async Task CopyEntryAsync(Descriptor entry, bool isThere, int depth, CopyOptions options, CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsIndex(entry.MediaType) && !MediaTypes.IsManifest(entry.MediaType))
        {
            // An index may list anything, as BuildKit's caches did.
            await CopyBlobAsync(entry, cancellationToken);
        }
        else if (!isThere || options.Referrers)
        {
            await CopyDocumentAsync(entry, isRoot: false, depth + 1, options, cancellationToken);
        }
    }

    private Task CopyBlobsAsync(ImageManifest manifest, CancellationToken cancellationToken)
    {
        // Layers that must not be distributed stay where they are; the manifest says where.
        var blobs = manifest.Layers.Append(manifest.Config).DistinctBy(blob => blob.Digest).Where(blob => blob.Urls is not { Count: > 0 });
        var options = new ParallelOptions { MaxDegreeOfParallelism = BlobsAtOnce, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(blobs, options, async (blob, token) => await CopyBlobAsync(blob, token));
    }

    private async Task CopyBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        var name = $"{(MediaTypes.IsConfig(blob.MediaType) ? "config" : MediaTypes.IsLayer(blob.MediaType) ? "layer" : "blob")} {blob.Digest.Short}";
        var copied = await target.PutBlobAsync(
            source.Blob(blob), source.Repository, moved => events?.Invoke(new TransferEvent(name, TransferStage.Moving, moved, blob.Size)), cancellationToken);
        var stage = copied.Fate switch { BlobFate.Existed => TransferStage.Existed, BlobFate.Mounted => TransferStage.Mounted, _ => TransferStage.Done };
        events?.Invoke(new TransferEvent(name, stage, blob.Size, blob.Size));
        lock (gate)
        {
            changed |= copied.Fate != BlobFate.Existed;
            bytesSent += copied.BytesSent;
            sent += copied.Fate == BlobFate.Sent ? 1 : 0;
            mounted += copied.Fate == BlobFate.Mounted ? 1 : 0;
            existed += copied.Fate == BlobFate.Existed ? 1 : 0;
        }
    }
}
