using Builder.Diagnostics;
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
    private readonly string folder;
    private readonly AtomicFile files;
    private readonly ContentStore content;
    private readonly SnapshotStore snapshots;

    internal LayerStore(string folder, AtomicFile files, ContentStore content, SnapshotStore snapshots)
    {
        this.folder = folder;
        this.files = files;
        this.content = content;
        this.snapshots = snapshots;
    }

    /// <summary>
    /// What a snapshot is as a layer. Computed once for each snapshot and options, by reading all that the snapshot holds;
    /// from then on <see cref="CopyTo(DiffId, Stream, CancellationToken)"/> can make it. For an unpacked layer it is the layer
    /// that it was unpacked from, whatever the options.
    /// </summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.ReservedName"/>: the snapshot cannot be a layer.</exception>
    public LayerInfo Describe(Snapshot snapshot, LayerOptions options, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>The compressed or plain blob that holds a layer, if the store has one.</summary>
    public Descriptor? FindBlob(DiffId diffId) => throw new NotImplementedException();

    /// <summary>Remembers that a blob of the store, mostly a compressed one, holds this layer.</summary>
    public void RememberBlob(DiffId diffId, Descriptor blob) => throw new NotImplementedException();

    /// <summary>Writes a layer's uncompressed tar, from its blob or from the snapshot that promised it, and verifies it.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/>; <see cref="StorageErrors.BrokenPromise"/> after bytes that were not those of the layer.</exception>
    public void CopyTo(DiffId diffId, Stream destination, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Writes the blob that a descriptor names: as stored, else as an uncompressed layer that a snapshot promised.</summary>
    public void CopyTo(Descriptor blob, Stream destination, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>
    /// Makes snapshots of an image's layers, of those that are missing. A blob that the store lacks is opened by
    /// <paramref name="open"/>, stored and unpacked in one pass; nothing becomes visible before both its digest and its diff
    /// ID have proved right. Several layers are read at once, and several processes may do the same.
    /// </summary>
    /// <param name="layers">Bottom first: the blob, and the diff ID that the config lists for it.</param>
    /// <param name="progress">Called from several threads.</param>
    /// <returns>The snapshot of the whole stack; null for no layers.</returns>
    public Task<Snapshot?> EnsureSnapshotsAsync(
        IReadOnlyList<(Descriptor Blob, DiffId DiffId)> layers,
        Func<Descriptor, CancellationToken, Task<Stream>> open,
        Action<LayerProgress>? progress,
        CancellationToken cancellationToken) => throw new NotImplementedException();
}
