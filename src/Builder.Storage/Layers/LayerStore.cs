using System.Globalization;
using Builder.Archives;
using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Content;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Layers;

/// <summary>
/// Layers as promises: a snapshot's diff ID is computed without its tar being written anywhere, and the tar is made, again
/// and byte for byte the same, when somebody wants it. Layers that came from elsewhere are blobs.
/// </summary>
public sealed partial class LayerStore
{
    private const int CopyBufferSize = 128 * 1024;
    private readonly LayerRecords records;
    private readonly AtomicFile files;
    private readonly ContentStore content;
    private readonly SnapshotStore snapshots;
    private readonly OverlayMarks marks;
    private readonly Hints.HintStore hints;

    internal LayerStore(LayerRecords records, AtomicFile files, ContentStore content, SnapshotStore snapshots, Hints.HintStore hints)
    {
        this.hints = hints;
        this.records = records;
        this.files = files;
        this.content = content;
        this.snapshots = snapshots;
        marks = new OverlayMarks(snapshots.UserXattrs);
    }

    /// <summary>
    /// What a snapshot is as a layer. Computed once for each snapshot and options, by reading all that the snapshot holds;
    /// from then on <see cref="CopyTo(DiffId, Stream, CancellationToken)"/> can make it. For an unpacked layer it is the layer
    /// that it was unpacked from, whatever the options.
    /// </summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.ReservedName"/>: the snapshot cannot be a layer.</exception>
    public LayerInfo Describe(Snapshot snapshot, LayerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(options);
        var isUnpacked = snapshot.DiffId is not null;
        var record = snapshots.BesideTree(snapshot, InfoFile(isUnpacked ? LayerOptions.Default : options));
        if (files.TryReadRecord(record, StorageJson.Types.LayerInfo) is { } known)
        {
            return known;
        }

        if (isUnpacked)
        {
            throw new BuilderException(StorageErrors.Corrupt, $"snapshot {snapshot.Id} does not say which layer it was unpacked from");
        }

        return Promise(new PromiseRecord(snapshot.Id, options.SourceDateEpoch), record, cancellationToken);
    }

    /// <summary>
    /// What lies between two snapshots as a single layer: everything by which the trees differ, however many steps it took.
    /// </summary>
    /// <param name="below">An ancestor of <paramref name="top"/>; null for the tree with nothing in it.</param>
    public LayerInfo DescribeSquashed(Snapshot top, Snapshot? below, LayerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(top);
        ArgumentNullException.ThrowIfNull(options);
        var record = snapshots.BesideTree(top, $"squashed-{below?.Id ?? "all"}-{InfoFile(options)}");
        return files.TryReadRecord(record, StorageJson.Types.LayerInfo)
            ?? Promise(new PromiseRecord(top.Id, options.SourceDateEpoch) { Squashed = true, Below = below?.Id }, record, cancellationToken);
    }

    private LayerInfo Promise(PromiseRecord promise, string record, CancellationToken cancellationToken)
    {
        // One thread reads files, this one hashes what they come to: each is about half of the work.
        LayerTally? tally = null;
        using var pipe = new StreamPipe();
        _ = pipe.FillAsync(stream => tally = Write(promise, stream, cancellationToken), cancellationToken);
        using var hashing = new HashingStream(Stream.Null);
        pipe.Reader.CopyTo(hashing);
        var info = new LayerInfo(new DiffId(hashing.Finish()), tally!.Size, tally.EntryCount) { Notes = tally.Notes };
        records.SetPromise(info.DiffId, promise);
        files.Write(record, StorageJson.Write(info, StorageJson.Types.LayerInfo));
        return info;
    }

    /// <summary>The blob that holds a layer, mostly compressed, if the store has one.</summary>
    public Descriptor? FindBlob(DiffId diffId)
    {
        if (records.FindBlob(diffId) is { } blob && content.Contains(blob.Digest))
        {
            return blob;
        }

        return content.SizeOf(diffId.Digest) is { } size ? new Descriptor(MediaTypes.OciLayer, diffId.Digest, size) : null;
    }

    /// <summary>Remembers that a blob of the store, mostly a compressed one, holds this layer.</summary>
    public void RememberBlob(DiffId diffId, Descriptor blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        records.SetBlob(diffId, blob);
    }

    /// <summary>Whether the layer's tar can be had, from a blob or from a snapshot that promised it.</summary>
    public bool Contains(DiffId diffId) => FindBlob(diffId) is not null || FindPromise(diffId) is not null;

    /// <summary>Writes a layer's uncompressed tar, from its blob or from the snapshot that promised it, and verifies it.</summary>
    /// <exception cref="BuilderException">
    /// <see cref="StorageErrors.Missing"/>; after bytes that were not the layer's <see cref="StorageErrors.BrokenPromise"/>, or
    /// <see cref="StorageErrors.DamagedBlob"/>.
    /// </exception>
    public void CopyTo(DiffId diffId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using var hashing = new HashingStream(destination);
        var blob = FindBlob(diffId);
        if (blob is not null)
        {
            CopyDecompressed(blob, hashing, cancellationToken);
        }
        else if (FindPromise(diffId) is { } promise)
        {
            Write(promise, hashing, cancellationToken);
        }
        else
        {
            throw new BuilderException(StorageErrors.Missing, $"layer {diffId} is not in the store");
        }

        if (hashing.Finish() is var actual && actual != diffId.Digest)
        {
            throw blob is not null && IsDamaged(blob.Digest)
                ? Heal(blob.Digest)
                : new BuilderException(StorageErrors.BrokenPromise, $"layer {diffId} came out as {actual}: the store was changed behind Builder's back");
        }
    }

    private void CopyDecompressed(Descriptor blob, Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            using var stored = content.OpenRead(blob.Digest);
            using var tar = Decompressor.Open(stored);
            Copy(tar, destination, cancellationToken);
        }
        catch (BuilderException e) when (e.Code == Archives.ArchiveErrors.InvalidCompression && IsDamaged(blob.Digest))
        {
            throw Heal(blob.Digest);
        }
    }

    /// <summary>Writes the blob that a descriptor names: as stored, else as an uncompressed layer that a snapshot promised.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/> and those of the other overload.</exception>
    public void CopyTo(Descriptor blob, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        ArgumentNullException.ThrowIfNull(destination);
        using var stored = content.TryOpenRead(blob.Digest);
        if (stored is null)
        {
            CopyTo(new DiffId(blob.Digest), destination, cancellationToken);
            return;
        }

        using var hashing = new HashingStream(destination);
        Copy(stored, hashing, cancellationToken);
        if (hashing.Finish() != blob.Digest)
        {
            throw Heal(blob.Digest);
        }
    }

    /// <summary>Writes what a container has changed as a layer's tar.</summary>
    /// <param name="below">What the container was made on.</param>
    /// <returns>How many entries the tar has; 0 when nothing has changed.</returns>
    /// <exception cref="BuilderException"><see cref="StorageErrors.ReservedName"/>.</exception>
    public int WriteChanges(Containers.StoredContainer container, Snapshot? below, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        using var view = snapshots.OpenView(below);
        using var lower = view.OpenDirectory(default);
        using var upper = DirectoryHandle.Open(container.UpperDir);
        return (container.Record.IsWhole
            ? LayerWriter.WriteDifference(upper, lower, marks, LayerOptions.Default, destination, cancellationToken)
            : LayerWriter.Write(upper, lower, marks, LayerOptions.Default, destination, cancellationToken)).EntryCount;
    }

    private LayerTally Write(PromiseRecord promise, Stream destination, CancellationToken cancellationToken)
    {
        var snapshot = snapshots.Get(promise.Snapshot);
        var options = new LayerOptions { SourceDateEpoch = promise.SourceDateEpoch };
        var below = !promise.Squashed ? snapshots.ParentOf(snapshot) : promise.Below is { } id ? snapshots.Get(id) : null;
        using var view = snapshots.OpenView(below);
        using var lower = view.OpenDirectory(default);
        if (promise.Squashed || snapshot.IsWhole)
        {
            using var whole = snapshots.OpenView(snapshot);
            using var tree = whole.OpenDirectory(default);
            return LayerWriter.WriteDifference(tree, lower, marks, options, destination, cancellationToken);
        }

        using var upper = DirectoryHandle.Open(snapshot.Path);
        return LayerWriter.Write(upper, lower, marks, options, destination, cancellationToken);
    }

    private PromiseRecord? FindPromise(DiffId diffId) =>
        records.FindPromise(diffId) is { } record && snapshots.Contains(record.Snapshot)
            && (record.Below is null || snapshots.Contains(record.Below))
                ? record
                : null;

    private static void Copy(Stream source, Stream destination, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(CopyBufferSize);
        try
        {
            for (int count; (count = source.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                destination.Write(buffer, 0, count);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string InfoFile(LayerOptions options) => options.SourceDateEpoch is { } epoch
        ? string.Create(CultureInfo.InvariantCulture, $"layer-{epoch}.json")
        : "layer.json";
}
