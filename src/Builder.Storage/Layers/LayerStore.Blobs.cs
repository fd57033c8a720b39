using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Records;

namespace Builder.Storage.Layers;

/// <summary>A layer as a blob of the store, and the diff ID of the tar inside it.</summary>
public sealed record StoredLayer(Descriptor Blob, DiffId DiffId);

/// <content>Layers in the form in which they travel.</content>
public sealed partial class LayerStore
{
    /// <summary>
    /// The layer's blob in a given compression. Made when the store has none, from whatever it has: on as many threads as there
    /// are processors, to the same bytes whatever their number. Estargz adds its table of contents to the tar and so has a
    /// diff ID of its own.
    /// </summary>
    /// <exception cref="Diagnostics.BuilderException"><see cref="StorageErrors.Missing"/>, <see cref="StorageErrors.DiskFull"/>, …</exception>
    public async Task<StoredLayer> EnsureBlobAsync(DiffId diffId, LayerCompression compression, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(compression);
        if (records.FindEncoded(diffId, compression.Key) is { } known && content.Contains(known.Blob.Digest))
        {
            return new StoredLayer(known.Blob, known.DiffId);
        }

        try
        {
            return await EncodeAsync(diffId, compression, cancellationToken);
        }
        catch (BuilderException e) when (e.Code == StorageErrors.DamagedBlob && Contains(diffId))
        {
            // It has been made again, or there is another source: the second time reads that.
            files.Warn(e.Message);
            return await EncodeAsync(diffId, compression, cancellationToken);
        }
    }

    private async Task<StoredLayer> EncodeAsync(DiffId diffId, LayerCompression compression, CancellationToken cancellationToken)
    {
        await using var blob = content.CreateWriter();
        var encoded = await LayerEncoder.EncodeAsync(stream => CopyTo(diffId, stream, cancellationToken), compression, blob, null, cancellationToken, proved: diffId);
        var (digest, size) = blob.Commit();
        var descriptor = new Descriptor(compression.MediaType, digest, size) { Annotations = encoded.Annotations.Count == 0 ? null : encoded.Annotations };
        records.SetEncoded(diffId, compression.Key, new EncodedRecord(descriptor, encoded.DiffId));
        if (FindBlob(encoded.DiffId) is null)
        {
            RememberBlob(encoded.DiffId, descriptor);
        }

        return new StoredLayer(descriptor, encoded.DiffId);
    }
}
