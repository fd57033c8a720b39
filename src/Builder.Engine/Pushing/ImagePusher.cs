using Builder.Archives.Compression;
using Builder.Engine.Exporters;
using Builder.Engine.Images;
using Builder.Engine.Transfers;
using Builder.Oci;
using Builder.Registry;
using Builder.Registry.Push;
using Builder.Storage;

namespace Builder.Engine.Pushing;

/// <summary>
/// Pushes images of the store: asks first whether there is anything to do, then sends what is missing, layers side by side,
/// compressed on the way; config and manifests after their layers, an index after its manifests, tags last
/// (spec/registry.md, "Push").
/// </summary>
public sealed class ImagePusher(BuilderStore store, RegistryClient registry)
{
    private const int BlobsAtOnce = 4;

    /// <summary>Each compresses on all processors: one more is ready when one waits for the network, and more would only take memory.</summary>
    private const int LayersMadeAtOnce = 2;

    private const int ManifestAttempts = 4;

    /// <exception cref="Builder.Diagnostics.BuilderException">Whatever keeps the image from being pushed, in words for the user.</exception>
    /// <param name="events">Told from several threads.</param>
    public async Task<PushResult> PushAsync(PushRequest request, Action<TransferEvent>? events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Compression.Format == LayerFormat.Estargz)
        {
            // Its layers have other diff IDs, so the config changes with them: made in the store first.
            var form = new ImageForm { Compression = request.Compression, ForceCompression = request.ForceCompression };
            request = request with { Target = await new ImageConverter(store).ConvertAsync(request.Target, form, cancellationToken), Compression = LayerCompression.Gzip, ForceCompression = false };
        }

        var root = new PushPlanner(store, registry, request).Plan();
        var tally = new PushTally();
        foreach (var repository in request.Destinations.GroupBy(destination => destination.Repository))
        {
            IReadOnlyList<ImageReference> tags = request.ByDigest ? [] : [.. repository.Distinct()];
            await PushToAsync(root, repository.First() with { Tag = null, Digest = null }, tags, tally, events, cancellationToken);
        }

        var pushed = root.Described!;
        return new PushResult(pushed with { Platform = null, Annotations = null }, tally.BytesSent, tally.Sent, tally.Mounted, tally.Existed, tally.WasCurrent);
    }

    private async Task PushToAsync(
        PushNode root, ImageReference repository, IReadOnlyList<ImageReference> tags, PushTally tally, Action<TransferEvent>? events, CancellationToken cancellationToken)
    {
        // What everything will be called is known when every layer was compressed before: then one question may be enough.
        if (root.Described is { } known)
        {
            var stale = await NotCurrentAsync(known.Digest, tags, cancellationToken);
            if (tags.Count > 0 && stale.Count == 0)
            {
                return;
            }

            tags = stale;
            if (await registry.PeekAsync(repository with { Digest = known.Digest }, cancellationToken) == known.Digest)
            {
                if (tags.Count > 0)
                {
                    await PutAsync(root, repository, tags, tally, cancellationToken);
                }

                return;
            }
        }

        await PushPiecesAsync(root, repository, tally, events, cancellationToken);
        await PutChildrenAsync(root, repository, tally, cancellationToken);
        await PutAsync(root, repository, tags, tally, cancellationToken);
    }

    /// <summary>The tags that do not stand for this digest yet.</summary>
    private async Task<IReadOnlyList<ImageReference>> NotCurrentAsync(Digest digest, IReadOnlyList<ImageReference> tags, CancellationToken cancellationToken)
    {
        var current = await Task.WhenAll(tags.Select(tag => registry.PeekAsync(tag, cancellationToken)));
        return [.. tags.Where((_, i) => current[i] != digest)];
    }

    private async Task PushPiecesAsync(PushNode root, ImageReference repository, PushTally tally, Action<TransferEvent>? events, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = BlobsAtOnce, CancellationToken = cancellationToken };
        using var making = new SemaphoreSlim(LayersMadeAtOnce);
        await Parallel.ForEachAsync(root.AllPieces, options, async (piece, token) =>
        {
            var isMade = piece.Source is LayerSource;
            if (isMade)
            {
                await making.WaitAsync(token);
            }

            try
            {
                await PushPieceAsync(root, piece, repository, tally, events, token);
            }
            finally
            {
                if (isMade)
                {
                    making.Release();
                }
            }
        });
    }

    private async Task PushPieceAsync(
        PushNode root, PushPiece piece, ImageReference repository, PushTally tally, Action<TransferEvent>? events, CancellationToken cancellationToken)
    {
        var total = piece.Source.Descriptor?.Size;
        var mountFrom = piece.Source.Descriptor is { } blob ? MountCandidate(blob.Digest, repository) : null;
        PushedBlob pushed;
        try
        {
            pushed = await registry.PushBlobAsync(
                repository, piece.Source, mountFrom, sent => events?.Invoke(new TransferEvent(piece.Name, TransferStage.Moving, sent, total)), cancellationToken);
        }
        catch (RegistryException) when (piece.Source.Descriptor is { } sent && store.Layers.Examine(sent.Digest) is { } damage)
        {
            // The registry hashes what it gets; that it was right to refuse is worth more than how it says so.
            throw damage;
        }

        foreach (var twin in root.EveryPiece.Where(other => other.Key == piece.Key))
        {
            // Another image of the same index lists it too, and it was sent for both.
            twin.Became(pushed.Blob);
        }

        store.Transfers.RememberPlace(pushed.Blob.Digest, repository.Repository);
        tally.Count(pushed);
        var stage = pushed.Fate switch { BlobFate.Existed => TransferStage.Existed, BlobFate.Mounted => TransferStage.Mounted, _ => TransferStage.Done };
        events?.Invoke(new TransferEvent(piece.Name, stage, pushed.Blob.Size, pushed.Blob.Size));
    }

    /// <summary>The repository of the same registry, seen to have the blob, that is most like the destination.</summary>
    private string? MountCandidate(Digest blob, ImageReference repository) =>
        store.Transfers.PlacesOf(blob)
            .Select(ImageReference.Parse)
            .Where(place => place.Domain == repository.Domain && place.Path != repository.Path)
            .OrderByDescending(place => CommonParts(place.Path, repository.Path))
            .FirstOrDefault()?.Path;

    private static int CommonParts(string one, string other) => one.Split('/').Zip(other.Split('/')).TakeWhile(pair => pair.First == pair.Second).Count();

    private async Task PutChildrenAsync(PushNode node, ImageReference repository, PushTally tally, CancellationToken cancellationToken)
    {
        foreach (var child in node.Children)
        {
            await PutChildrenAsync(child, repository, tally, cancellationToken);
            var digest = child.Described!.Digest;
            if (await registry.PeekAsync(repository with { Digest = digest }, cancellationToken) != digest)
            {
                await PutAsync(child, repository, [], tally, cancellationToken);
            }
        }
    }

    /// <summary>Stores a document under its tags, or under its digest when it has none.</summary>
    private async Task PutAsync(PushNode node, ImageReference repository, IReadOnlyList<ImageReference> tags, PushTally tally, CancellationToken cancellationToken)
    {
        var (type, bytes) = node.Document!.Value;
        foreach (var reference in tags.DefaultIfEmpty(repository with { Digest = Digest.Of(bytes) }))
        {
            var isListed = await PutAsync(node, reference, type, bytes, tally, cancellationToken);
            if (node.Subject is { } subject && !isListed)
            {
                await registry.AddToReferrersTagAsync(repository, subject.Digest, ReferrerOf(node), cancellationToken);
            }
        }
    }

    /// <summary>A registry may not see yet what it has just been sent, or may have lost it to its own cleaning: then that is sent again.</summary>
    private async Task<bool> PutAsync(PushNode node, ImageReference reference, string type, byte[] bytes, PushTally tally, CancellationToken cancellationToken)
    {
        tally.WasCurrent = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await registry.PutManifestAsync(reference, type, bytes, cancellationToken);
            }
            catch (RegistryException e) when (RegistryClient.IsMissingBlob(e) && attempt < ManifestAttempts)
            {
                await Task.Delay(registry.Options.FirstPause * attempt * 3, registry.Options.Time, cancellationToken);
                foreach (var piece in node.AllPieces)
                {
                    await PushPieceAsync(node, piece, reference, tally, null, cancellationToken);
                }
            }
        }
    }

    private static Descriptor ReferrerOf(PushNode node)
    {
        var described = node.Described!;
        var manifest = MediaTypes.IsManifest(described.MediaType) ? OciJson.ReadManifest(node.Document!.Value.Bytes) : null;
        return described with { ArtifactType = manifest?.ArtifactType ?? manifest?.Config.MediaType, Annotations = manifest?.Annotations };
    }

    private sealed class PushTally
    {
        private readonly Lock gate = new();

        public long BytesSent { get; private set; }

        public int Sent { get; private set; }

        public int Mounted { get; private set; }

        public int Existed { get; private set; }

        public bool WasCurrent { get; set; } = true;

        public void Count(PushedBlob blob)
        {
            lock (gate)
            {
                WasCurrent = false;
                BytesSent += blob.BytesSent;
                Sent += blob.Fate == BlobFate.Sent ? 1 : 0;
                Mounted += blob.Fate == BlobFate.Mounted ? 1 : 0;
                Existed += blob.Fate == BlobFate.Existed ? 1 : 0;
            }
        }
    }
}
