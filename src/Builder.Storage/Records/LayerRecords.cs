using Builder.Oci;
using Builder.Storage.Leases;

namespace Builder.Storage.Records;

/// <summary>Where layers' bytes come from, <c>layers/&lt;diff ID&gt;.{blob,snapshot}.json</c>: a blob, or the snapshot that promised them.</summary>
internal sealed class LayerRecords(string folder, AtomicFile files, StoreLeases leases)
{
    private const string BlobSuffix = ".blob.json";
    private const string PromiseSuffix = ".snapshot.json";

    internal Descriptor? FindBlob(DiffId diffId)
    {
        leases.Hold(LeaseKey.OfLayer(diffId));
        return files.TryReadRecord(PathOf(diffId, BlobSuffix), StorageJson.Types.BlobRecord)?.Blob;
    }

    internal void SetBlob(DiffId diffId, Descriptor blob)
    {
        // Most of the time the record is there already: every unpacked layer has one.
        if (FindBlob(diffId) != blob)
        {
            leases.AnnounceRoot();
            files.Write(PathOf(diffId, BlobSuffix), StorageJson.Write(new BlobRecord(blob), StorageJson.Types.BlobRecord));
        }
    }

    internal PromiseRecord? FindPromise(DiffId diffId)
    {
        leases.Hold(LeaseKey.OfLayer(diffId));
        return files.TryReadRecord(PathOf(diffId, PromiseSuffix), StorageJson.Types.PromiseRecord);
    }

    internal void SetPromise(DiffId diffId, PromiseRecord promise)
    {
        leases.Hold(LeaseKey.OfLayer(diffId));
        leases.AnnounceRoot();
        files.Write(PathOf(diffId, PromiseSuffix), StorageJson.Write(promise, StorageJson.Types.PromiseRecord));
    }

    /// <summary>The blob that a layer has become in a compression; not what the layer's bytes are read from.</summary>
    internal EncodedRecord? FindEncoded(DiffId diffId, string compression)
    {
        leases.Hold(LeaseKey.OfLayer(diffId));
        return files.TryReadRecord(PathOf(diffId, $".{compression}.json"), StorageJson.Types.EncodedRecord);
    }

    internal void SetEncoded(DiffId diffId, string compression, EncodedRecord encoded)
    {
        leases.Hold(LeaseKey.OfLayer(diffId));
        files.Write(PathOf(diffId, $".{compression}.json"), StorageJson.Write(encoded, StorageJson.Types.EncodedRecord));
    }

    /// <summary>All records as they are on the disk, nothing held.</summary>
    internal IEnumerable<LayerSource> List()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (!Digest.TryParse($"{Digest.Algorithm}:{name.Split('.')[0]}", out var digest))
            {
                continue;
            }

            if (name.EndsWith(BlobSuffix, StringComparison.Ordinal))
            {
                yield return new LayerSource(new DiffId(digest), path, files.TryReadRecord(path, StorageJson.Types.BlobRecord)?.Blob.Digest, null);
            }
            else if (name.EndsWith(PromiseSuffix, StringComparison.Ordinal))
            {
                yield return new LayerSource(new DiffId(digest), path, null, files.TryReadRecord(path, StorageJson.Types.PromiseRecord)?.Snapshot);
            }
            else
            {
                yield return new LayerSource(new DiffId(digest), path, files.TryReadRecord(path, StorageJson.Types.EncodedRecord)?.Blob.Digest, null) { IsEncoding = true };
            }
        }
    }

    private string PathOf(DiffId diffId, string suffix) => Path.Combine(folder, diffId.Digest.Hex + suffix);
}

/// <summary>One record of where a layer comes from; neither blob nor snapshot when it is damaged.</summary>
internal sealed record LayerSource(DiffId DiffId, string Path, Digest? Blob, string? Snapshot)
{
    /// <summary>The blob is only the layer in another form, and goes when no image has it.</summary>
    internal bool IsEncoding { get; init; }
}
