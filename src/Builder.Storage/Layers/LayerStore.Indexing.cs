using System.Collections.Concurrent;
using Builder.Archives;
using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Layers.Indexing;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Layers;

/// <summary>Where a layer that the store does not have can be had.</summary>
public sealed record LayerOrigin(Descriptor Blob, Func<CancellationToken, Task<Stream>> OpenAsync);

/// <content>Trees known by the headers of their layers, and layers written without anything having been unpacked.</content>
public sealed partial class LayerStore
{
    private readonly ConcurrentDictionary<DiffId, LayerIndex> indexes = new();

    /// <summary>The tree that a snapshot would be, without its files. A layer that nobody has read yet is read once, and stored.</summary>
    /// <param name="top">Null for the tree with nothing in it.</param>
    /// <param name="origin">Where layers come from that the store lacks; null for those that nobody knows.</param>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/>, <see cref="StorageErrors.Mismatch"/>, <see cref="StorageErrors.InvalidLayer"/>, …</exception>
    public async Task<IndexedTree> IndexAsync(Snapshot? top, Func<DiffId, LayerOrigin?> origin, Action<LayerProgress>? progress, CancellationToken cancellationToken)
    {
        var stack = new Stack<Snapshot>();
        for (var snapshot = top; snapshot is not null; snapshot = snapshots.ParentOf(snapshot))
        {
            stack.Push(snapshot);
        }

        var tree = new IndexedTree();
        foreach (var snapshot in stack)
        {
            var diffId = snapshot.DiffId ?? throw new ArgumentException("only a stack of layers has an index", nameof(top));
            tree.Apply(await IndexAsync(diffId, origin, progress, cancellationToken), this, diffId);
        }

        return tree;
    }

    /// <summary>Whether all of a stack is known as layers, so that <see cref="IndexAsync(Snapshot?, Func{DiffId, LayerOrigin?}, Action{LayerProgress}?, CancellationToken)"/> can tell what it holds.</summary>
    public bool HasLayers(Snapshot? top)
    {
        for (var snapshot = top; snapshot is not null; snapshot = snapshots.ParentOf(snapshot))
        {
            if (snapshot.DiffId is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Sees to it that <see cref="Describe"/> can tell what a deferred snapshot is as a layer: one that was made elsewhere is
    /// fetched for that.
    /// </summary>
    public async Task LearnAsync(Snapshot snapshot, Func<DiffId, LayerOrigin?> origin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var record = snapshots.BesideTree(snapshot, InfoFile(LayerOptions.Default));
        if (snapshot is { IsDeferred: true, DiffId: { } diffId } && (files.TryReadRecord(record, StorageJson.Types.LayerInfo) is null || !Contains(diffId)))
        {
            var index = await IndexAsync(diffId, origin, null, cancellationToken, mustStore: true);
            files.Write(record, StorageJson.Write(index.Info, StorageJson.Types.LayerInfo));
        }
    }

    /// <summary>Writes what was put on top of a tree as a layer into the store, and nothing else; the tree is as after that layer then.</summary>
    /// <param name="parent">What the tree was before.</param>
    /// <param name="created">When the step was run.</param>
    /// <exception cref="BuilderException"><see cref="StorageErrors.ReservedName"/>.</exception>
    /// <exception cref="FileChangedException">A file is not as it was when it was put into the tree.</exception>
    public Snapshot Write(IndexedTree tree, Snapshot? parent, DateTimeOffset created, LayerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(options);
        using var blob = content.CreateStepWriter();
        (long Size, IReadOnlyList<LayerIndexEntry> Entries) written = (0, []);
        using (var pipe = new StreamPipe())
        {
            // One thread reads the files, this one hashes and stores what they come to.
            var filling = pipe.FillAsync(stream => written = IndexedTreeWriter.Write(tree, stream, options, cancellationToken), cancellationToken);
            try
            {
                pipe.Reader.CopyTo(blob);
            }
            finally
            {
                pipe.Abandon();
                filling.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }

        var diffId = new DiffId(blob.Commit().Digest);
        var index = new LayerIndex(new LayerInfo(diffId, written.Size, written.Entries.Count), written.Entries);
        Remember(diffId, index);
        tree.Seal(this, diffId, written.Entries);
        return snapshots.Defer(parent, index.Info, created);
    }

    /// <summary>The snapshot of a step that puts a layer, which is there already, on something else.</summary>
    public Snapshot Restack(Snapshot layer, Snapshot? parent, DateTimeOffset created)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return snapshots.Defer(parent, Describe(layer, LayerOptions.Default), created);
    }

    /// <summary>Whether a snapshot's files can be had: they are here, or its layers are, or somebody knows where those are.</summary>
    public bool CanUnpack(Snapshot snapshot, Func<DiffId, LayerOrigin?> origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        for (Snapshot? layer = snapshot; layer is not null; layer = layer.ParentId is { } parent ? snapshots.Find(parent) : null)
        {
            if (!layer.HasFiles && layer.DiffId is { } diffId && !Contains(diffId) && origin(diffId) is null)
            {
                return false;
            }

            if (layer.ParentId is { } below && snapshots.Find(below) is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes the files of a deferred snapshot, and of those below it.</summary>
    public async Task UnpackAsync(Snapshot top, Func<DiffId, LayerOrigin?> origin, Action<LayerProgress>? progress, CancellationToken cancellationToken)
    {
        var missing = new Stack<Snapshot>();
        for (Snapshot? snapshot = top; snapshot is not null; snapshot = snapshots.ParentOf(snapshot))
        {
            missing.Push(snapshot);
        }

        var stack = missing.TakeWhile(snapshot => snapshot.ChainId is not null).ToArray();
        if (stack.Any(snapshot => !snapshot.HasFiles))
        {
            var layers = stack.Select(snapshot => snapshot.DiffId!.Value).Select(diffId => (Blob: BlobOf(diffId, origin), DiffId: diffId)).ToArray();
            await EnsureSnapshotsAsync(layers, (blob, token) => origin(layers.First(layer => layer.Blob.Digest == blob.Digest).DiffId)!.OpenAsync(token), progress, cancellationToken);
        }

        foreach (var snapshot in missing.Skip(stack.Length).Where(snapshot => !snapshot.HasFiles))
        {
            var diffId = snapshot.DiffId!.Value;
            var layer = new LayerTask(BlobOf(diffId, origin), diffId, (_, token) => origin(diffId)!.OpenAsync(token), progress);
            var parent = snapshots.ParentOf(snapshot);
            var draft = await UnpackAsync(layer, parent, parent is null ? LowerKnowledge.Absent : LowerKnowledge.Present, cancellationToken);
            if (parent is not null && !draft.SetsRoot)
            {
                SnapshotStore.CopyRoot(parent.Path, Path.Combine(draft.Folder, SnapshotStore.TreeFolder));
            }

            snapshots.Fill(snapshot, draft.Folder);
        }
    }

    /// <summary>Writes the content of one file of a layer.</summary>
    /// <param name="isPlain">The layer was written here, with its files as they are.</param>
    internal void CopyFile(DiffId diffId, long offset, long size, bool isPlain, Stream destination, CancellationToken cancellationToken)
    {
        using var stored = isPlain ? content.TryOpenRead(diffId.Digest) : null;
        if (stored is not null)
        {
            stored.Position = offset;
            CopyPart(stored, size, destination, cancellationToken);
            return;
        }

        using var pipe = new StreamPipe();
        _ = pipe.FillAsync(stream => CopyTo(diffId, stream, cancellationToken), cancellationToken);
        using var tar = new TarReader(pipe.Reader);
        while (tar.Next() is not null)
        {
            if (tar.Position == offset)
            {
                CopyPart(tar.Content, size, destination, cancellationToken);
                pipe.Abandon();
                return;
            }
        }

        throw new BuilderException(StorageErrors.Corrupt, $"layer {diffId} has no file at byte {offset}");
    }

    private static void CopyPart(Stream source, long size, Stream destination, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(size, CopyBufferSize)];
        for (var left = size; left > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = source.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (count == 0)
            {
                throw new BuilderException(StorageErrors.Corrupt, "a layer ends before the content of one of its files does");
            }

            destination.Write(buffer, 0, count);
            left -= count;
        }
    }

    private Descriptor BlobOf(DiffId diffId, Func<DiffId, LayerOrigin?> origin)
    {
        if (FindBlob(diffId) is { } stored)
        {
            return stored;
        }

        if (origin(diffId) is { } found)
        {
            return found.Blob;
        }

        Materialize(diffId);
        return FindBlob(diffId)!;
    }

    private async Task<LayerIndex> IndexAsync(DiffId diffId, Func<DiffId, LayerOrigin?> origin, Action<LayerProgress>? progress, CancellationToken cancellationToken, bool mustStore = false)
    {
        if (!mustStore || Contains(diffId))
        {
            if (indexes.TryGetValue(diffId, out var known))
            {
                return known;
            }

            if (hints.Find(LayerIndex.HintKind, diffId.Digest, LayerIndex.MaxSize) is { } hint && LayerIndex.Read(diffId, hint) is { } read)
            {
                hints.Touch(LayerIndex.HintKind, diffId.Digest);
                return indexes.GetOrAdd(diffId, read);
            }
        }

        var layer = new LayerTask(BlobOf(diffId, origin), diffId, (_, token) => origin(diffId)!.OpenAsync(token), progress);
        await using var blob = await OpenBlobAsync(layer, cancellationToken);
        await using var counted = new ProgressStream(blob, layer.Blob, progress);
        var index = await ReadIndexAsync(counted, layer, cancellationToken);
        StoreBlob(blob, counted, cancellationToken);
        RememberBlob(diffId, layer.Blob);
        progress?.Invoke(new LayerProgress(layer.Blob, LayerStage.Done, layer.Blob.Size));
        return Remember(diffId, index);
    }

    private LayerIndex Remember(DiffId diffId, LayerIndex index)
    {
        hints.Set(LayerIndex.HintKind, diffId.Digest, index.Write());
        return indexes[diffId] = index;
    }

    /// <summary>One thread reads and decompresses, this one takes the tar apart; nothing is believed before the digest is right.</summary>
    private async Task<LayerIndex> ReadIndexAsync(Stream blob, LayerTask layer, CancellationToken cancellationToken)
    {
        using var plain = Decompressor.Open(blob, Limits.BytesFor(layer.Blob.Size));
        using var hashing = new HashingStream(plain);
        using var pipe = new StreamPipe();
        var reading = pipe.FillAsync(hashing, cancellationToken);
        var entries = new List<LayerIndexEntry>();
        try
        {
            using var tar = new TarReader(pipe.Reader);
            while (tar.Next() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entries.Count == Limits.Entries)
                {
                    throw new BuilderException(StorageErrors.InvalidLayer, $"the layer has more than the {Limits.Entries} entries allowed");
                }

                var offset = tar.Position;
                entries.Add(new LayerIndexEntry(entry, offset, entry.Kind == TarEntryKind.File ? DigestOf(tar) : null));
            }

            Copy(pipe.Reader, Stream.Null, cancellationToken);
        }
        catch
        {
            pipe.Abandon();
            await reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        await reading;
        return hashing.Finish() is var actual && actual == layer.DiffId.Digest
            ? new LayerIndex(new LayerInfo(layer.DiffId, hashing.Count, entries.Count), entries)
            : throw new BuilderException(StorageErrors.Mismatch, $"the layer that the config calls {layer.DiffId} is {actual}");
    }

    private static Digest DigestOf(TarReader tar)
    {
        using var hashing = new HashingStream(tar.Content);
        hashing.CopyTo(Stream.Null, CopyBufferSize);
        return hashing.Finish();
    }
}
