using Builder.Archives;
using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Layers;

/// <content>From an image's blobs to snapshots.</content>
/// <remarks>
/// Layers are unpacked side by side although each lies on the one before: a layer rarely needs to see those below, and one
/// that does (a hard link to their files, a file whose directories it does not mention) is simply unpacked again on top of
/// them. Snapshots become visible from the bottom up.
/// </remarks>
public sealed partial class LayerStore
{
    private const int MaxLayersAtOnce = 4;

    /// <summary>How much a layer may make of this machine.</summary>
    public LayerLimits Limits { get; set; } = LayerLimits.Default;

    /// <summary>
    /// Makes snapshots of an image's layers, of those that are missing. A blob that the store lacks is opened by
    /// <paramref name="open"/>, stored and unpacked in one pass; nothing becomes visible before both its digest and its diff
    /// ID have proved right. Several layers are read at once, and several processes may do the same.
    /// </summary>
    /// <param name="layers">Bottom first: the blob, and the diff ID that the config lists for it.</param>
    /// <param name="progress">Called from several threads.</param>
    /// <returns>The snapshot of the whole stack; null for no layers.</returns>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Mismatch"/>, <see cref="StorageErrors.InvalidLayer"/>, …</exception>
    public async Task<Snapshot?> EnsureSnapshotsAsync(
        IReadOnlyList<(Descriptor Blob, DiffId DiffId)> layers,
        Func<Descriptor, CancellationToken, Task<Stream>> open,
        Action<LayerProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(open);
        var chain = ChainId.Stack([.. layers.Select(layer => layer.DiffId)]);
        var (top, first) = FindUnpacked(chain);
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var gate = new SemaphoreSlim(Math.Min(MaxLayersAtOnce, Environment.ProcessorCount));
        var missing = layers.Skip(first).Select(layer => new LayerTask(layer.Blob, layer.DiffId, open, progress)).ToArray();
        var bottom = top;
        var unpacking = missing
            .Select((layer, i) => Task.Run(() => UnpackEarlyAsync(layer, bottom, isFirst: i == 0, gate, failure.Token), CancellationToken.None))
            .ToArray();
        try
        {
            for (var i = 0; i < missing.Length; i++)
            {
                var layer = missing[i];
                var draft = await unpacking[i] ?? await UnpackAsync(layer, top, LowerKnowledge.Present, failure.Token);
                if (top is not null && !draft.SetsRoot)
                {
                    SnapshotStore.CopyRoot(top.Path, Path.Combine(draft.Folder, SnapshotStore.TreeFolder));
                }

                top = snapshots.PublishChain(draft.Folder, top, chain[first + i], layer.DiffId);
                progress?.Invoke(new LayerProgress(layer.Blob, LayerStage.Done, layer.Blob.Size));
            }
        }
        catch
        {
            await failure.CancelAsync();
            await RemoveDraftsAsync(unpacking);
            throw;
        }

        return top;
    }

    private (Snapshot? Top, int Count) FindUnpacked(IReadOnlyList<ChainId> chain)
    {
        for (var i = chain.Count - 1; i >= 0; i--)
        {
            if (snapshots.FindChain(chain[i]) is { } found)
            {
                return (found, i + 1);
            }
        }

        return (null, 0);
    }

    /// <summary>A draft; null when the layer turned out to need those below.</summary>
    private async Task<UnpackedDraft?> UnpackEarlyAsync(LayerTask layer, Snapshot? below, bool isFirst, SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var knowledge = !isFirst ? LowerKnowledge.Unknown : below is null ? LowerKnowledge.Absent : LowerKnowledge.Present;
            return await UnpackAsync(layer, isFirst ? below : null, knowledge, cancellationToken);
        }
        catch (LowerNeededException)
        {
            return null;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<UnpackedDraft> UnpackAsync(LayerTask layer, Snapshot? parent, LowerKnowledge knowledge, CancellationToken cancellationToken)
    {
        var isStored = content.Contains(layer.Blob.Digest);
        try
        {
            return await UnpackOnceAsync(layer, parent, knowledge, cancellationToken);
        }
        catch (BuilderException) when (isStored && IsDamaged(layer.Blob.Digest) && TryDiscard(layer.Blob.Digest))
        {
            files.Warn($"blob {layer.Blob.Digest} of the store is damaged: it is got again from where it came from");
            return await UnpackOnceAsync(layer, parent, knowledge, cancellationToken);
        }
    }

    private async Task<UnpackedDraft> UnpackOnceAsync(LayerTask layer, Snapshot? parent, LowerKnowledge knowledge, CancellationToken cancellationToken)
    {
        var draft = snapshots.NewFolder(null);
        try
        {
            await using var blob = await OpenBlobAsync(layer, cancellationToken);
            await using var counted = new ProgressStream(blob, layer.Blob, layer.Progress);
            try
            {
                var (info, setsRoot) = await UnpackAsync(counted, layer, draft, parent, knowledge, cancellationToken);
                StoreBlob(blob, counted, cancellationToken);
                RememberBlob(layer.DiffId, layer.Blob);
                files.Write(Path.Combine(draft, InfoFile(LayerOptions.Default)), StorageJson.Write(info, StorageJson.Types.LayerInfo));
                return new UnpackedDraft(draft, setsRoot);
            }
            catch (LowerNeededException)
            {
                // The second attempt reads the blob from the store.
                StoreBlob(blob, counted, cancellationToken);
                throw;
            }
        }
        catch
        {
            SnapshotStore.RemoveFolder(draft);
            throw;
        }
    }

    /// <summary>One thread reads, decompresses and hashes; this one makes files of what comes out.</summary>
    private async Task<(LayerInfo Info, bool SetsRoot)> UnpackAsync(Stream blob, LayerTask layer, string draft, Snapshot? parent, LowerKnowledge knowledge, CancellationToken cancellationToken)
    {
        using var plain = Decompressor.Open(blob, Limits.BytesFor(layer.Blob.Size));
        using var hashing = new HashingStream(plain);
        using var pipe = new StreamPipe();
        var reading = pipe.FillAsync(hashing, cancellationToken);
        UnpackedLayer unpacked;
        try
        {
            unpacked = Apply(pipe.Reader, draft, parent, knowledge, cancellationToken);
        }
        catch
        {
            // The blob is the reading thread's until that has ended.
            pipe.Abandon();
            await reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        await reading;
        return hashing.Finish() is var actual && actual == layer.DiffId.Digest
            ? (new LayerInfo(layer.DiffId, hashing.Count, unpacked.EntryCount) { Notes = unpacked.Notes }, unpacked.SetsRoot)
            : throw new BuilderException(StorageErrors.Mismatch, $"the layer that the config calls {layer.DiffId} is {actual}");
    }

    private UnpackedLayer Apply(Stream content, string draft, Snapshot? parent, LowerKnowledge knowledge, CancellationToken cancellationToken)
    {
        using var tar = new TarReader(content);
        using var target = DirectoryHandle.Open(Path.Combine(draft, SnapshotStore.TreeFolder));
        using var view = knowledge == LowerKnowledge.Present ? snapshots.OpenView(parent) : null;
        using var lower = view?.OpenDirectory(default);
        using var applier = new LayerApplier(target, lower, knowledge, marks, Limits.Entries);
        var unpacked = applier.Apply(tar, cancellationToken);

        // What follows the end of a tar belongs to its digest.
        Copy(content, Stream.Null, cancellationToken);
        return unpacked;
    }

    private async Task<Stream> OpenBlobAsync(LayerTask layer, CancellationToken cancellationToken)
    {
        if (content.TryOpenRead(layer.Blob.Digest) is { } stored)
        {
            return stored;
        }

        var source = await layer.Open(layer.Blob, cancellationToken);
        return new StoringStream(source, content.CreateWriter(layer.Blob.Size), layer.Blob);
    }

    private static void StoreBlob(Stream blob, ProgressStream counted, CancellationToken cancellationToken)
    {
        if (blob is StoringStream storing)
        {
            Copy(counted, Stream.Null, cancellationToken);
            storing.Commit();
        }
    }

    private static async Task RemoveDraftsAsync(IEnumerable<Task<UnpackedDraft?>> unpacking)
    {
        foreach (var task in unpacking)
        {
            // What failed has removed its own; the failure that matters is already on its way to the caller.
            await task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (task is { IsCompletedSuccessfully: true, Result: { } draft })
            {
                SnapshotStore.RemoveFolder(draft.Folder);
            }
        }
    }

    /// <summary>A layer on its way to a snapshot.</summary>
    private sealed record LayerTask(
        Descriptor Blob,
        DiffId DiffId,
        Func<Descriptor, CancellationToken, Task<Stream>> Open,
        Action<LayerProgress>? Progress);

    private sealed record UnpackedDraft(string Folder, bool SetsRoot);
}
