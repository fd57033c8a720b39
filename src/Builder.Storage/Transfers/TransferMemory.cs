using Builder.Oci;
using Builder.Storage.Records;

namespace Builder.Storage.Transfers;

/// <summary>
/// What was learned when layers travelled, so that it need not be learned again: which blob a layer becomes when it is
/// compressed in a certain way (the blob itself is not kept), and in which repositories a blob was seen. Only ever hints: a
/// registry may have lost what it had, and then it is sent as if nothing was known.
/// <code>
/// transfers/&lt;diff ID&gt;.compressed.json   way of compression → descriptor
/// transfers/&lt;digest&gt;.places.json          repositories, the latest first
/// </code>
/// </summary>
public sealed class TransferMemory
{
    private const int MaxPlaces = 16;
    private readonly string folder;
    private readonly AtomicFile files;
    private readonly bool readOnly;

    /// <param name="readOnly">Whether nothing can be written: then nothing is learned.</param>
    internal TransferMemory(string folder, AtomicFile files, bool readOnly) => (this.folder, this.files, this.readOnly) = (folder, files, readOnly);

    /// <summary>The blob that a layer becomes; null when it has never been compressed so.</summary>
    /// <param name="way">Everything that the compressed bytes depend on, such as <c>gzip-5</c>.</param>
    public Descriptor? FindCompressed(DiffId diffId, string way) => Compressed(diffId)?.Blobs.GetValueOrDefault(way);

    public void RememberCompressed(DiffId diffId, string way, Descriptor blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        var known = new SortedDictionary<string, Descriptor>(Compressed(diffId)?.Blobs.ToDictionary() ?? [], StringComparer.Ordinal) { [way] = blob };
        Write(CompressedPath(diffId), StorageJson.Write(new CompressedRecord(known), StorageJson.Types.CompressedRecord));
    }

    /// <summary>Forgets it all of a layer: a newer program compresses to other bytes.</summary>
    public void ForgetCompressed(DiffId diffId)
    {
        if (!readOnly)
        {
            File.Delete(CompressedPath(diffId));
        }
    }

    /// <summary>The repositories (<c>localhost:5000/app</c>) that a blob was seen in, the latest first.</summary>
    public IReadOnlyList<string> PlacesOf(Digest blob) =>
        files.TryReadRecord(PlacesPath(blob), StorageJson.Types.PlacesRecord)?.Repositories ?? [];

    public void RememberPlace(Digest blob, string repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var known = PlacesOf(blob);
        if (known.Count > 0 && known[0] == repository)
        {
            return;
        }

        IReadOnlyList<string> places = [repository, .. known.Where(place => place != repository).Take(MaxPlaces - 1)];
        Write(PlacesPath(blob), StorageJson.Write(new PlacesRecord(places), StorageJson.Types.PlacesRecord));
    }

    /// <summary>Forgets what is about layers that are no longer here.</summary>
    internal void ForgetWhatIsGone(Func<DiffId, bool> hasLayer, Func<Digest, bool> hasBlob)
    {
        var kept = new HashSet<Digest>();
        foreach (var (path, digest) in Records(".compressed.json"))
        {
            if (hasLayer(new DiffId(digest)))
            {
                kept.UnionWith(Compressed(new DiffId(digest))?.Blobs.Values.Select(blob => blob.Digest) ?? []);
            }
            else
            {
                File.Delete(path);
            }
        }

        foreach (var (path, digest) in Records(".places.json"))
        {
            if (!kept.Contains(digest) && !hasBlob(digest))
            {
                File.Delete(path);
            }
        }
    }

    private void Write(string path, byte[] record)
    {
        if (!readOnly)
        {
            files.Write(path, record);
        }
    }

    private (string Path, Digest Digest)[] Records(string suffix) =>
        [.. Directory.EnumerateFiles(folder, "*" + suffix)
            .Select(path => (path, Digest.TryParse($"{Digest.Algorithm}:{Path.GetFileName(path)[..^suffix.Length]}", out var digest) ? digest : default))
            .Where(record => !record.Item2.IsDefault)];

    private CompressedRecord? Compressed(DiffId diffId) => files.TryReadRecord(CompressedPath(diffId), StorageJson.Types.CompressedRecord);

    private string CompressedPath(DiffId diffId) => Path.Combine(folder, diffId.Digest.Hex + ".compressed.json");

    private string PlacesPath(Digest blob) => Path.Combine(folder, blob.Hex + ".places.json");
}

/// <summary>Way of compression → what a layer becomes.</summary>
internal sealed record CompressedRecord(IReadOnlyDictionary<string, Descriptor> Blobs);

internal sealed record PlacesRecord(IReadOnlyList<string> Repositories);
