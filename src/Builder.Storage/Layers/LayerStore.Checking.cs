using Builder.Archives;
using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Layers;

/// <content>Promises made good, and proved; unpacked layers compared with their blobs.</content>
public sealed partial class LayerStore
{
    /// <summary>Writes a promised layer as a blob, for other tools to read; does nothing when it is one.</summary>
    /// <returns>Whether the layer had to be written.</returns>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/> or <see cref="StorageErrors.BrokenPromise"/>.</exception>
    public bool Materialize(DiffId diffId, CancellationToken cancellationToken = default)
    {
        if (content.Contains(diffId.Digest))
        {
            return false;
        }

        using var writer = content.CreateWriter();
        CopyTo(diffId, writer, cancellationToken);
        writer.Commit(diffId.Digest);
        return true;
    }

    /// <summary>Makes a promised layer from its snapshot, to nowhere.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/> or <see cref="StorageErrors.BrokenPromise"/>.</exception>
    internal void Prove(DiffId diffId, CancellationToken cancellationToken)
    {
        var promise = FindPromise(diffId) ?? throw new BuilderException(StorageErrors.Missing, $"layer {diffId} is not in the store");
        using var hashing = new HashingStream(Stream.Null);
        Write(promise, hashing, cancellationToken);
        if (hashing.Finish() is var actual && actual != diffId.Digest)
        {
            throw new BuilderException(StorageErrors.BrokenPromise, $"layer {diffId} came out as {actual}");
        }
    }

    /// <summary>The first path at which an unpacked layer is not what its blob unpacks to; null when there is none.</summary>
    internal string? DifferenceFromBlob(Snapshot snapshot, Snapshot? parent, CancellationToken cancellationToken)
    {
        var blob = FindBlob(snapshot.DiffId!.Value)!;
        var draft = snapshots.NewFolder(null);
        try
        {
            using (var stored = content.OpenRead(blob.Digest))
            using (var plain = Decompressor.Open(stored, Limits.BytesFor(blob.Size)))
            using (var hashing = new HashingStream(plain))
            {
                Apply(hashing, draft, parent, LowerKnowledge.Present, cancellationToken);
                if (hashing.Finish() is var tar && tar != snapshot.DiffId.Value.Digest)
                {
                    throw new BuilderException(StorageErrors.Mismatch, $"the layer that the config calls {snapshot.DiffId} is {tar}");
                }
            }

            using var expected = DirectoryHandle.Open(Path.Combine(draft, SnapshotStore.TreeFolder));
            using var actual = DirectoryHandle.Open(snapshot.Path);
            return TreeComparison.Difference(expected, actual, cancellationToken);
        }
        finally
        {
            SnapshotStore.RemoveFolder(draft);
        }
    }
}
