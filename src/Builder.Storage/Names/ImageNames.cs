using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Content;
using Builder.Storage.Leases;
using Builder.Storage.Records;

namespace Builder.Storage.Names;

/// <summary>An image of the store: what it is called, if anything, and its manifest or index.</summary>
/// <param name="RepositoryDigest">By which digest the repository of the reference knows it: of an index, where only one of its images is here.</param>
public sealed record NamedImage(ImageReference? Reference, Descriptor Target, Digest RepositoryDigest);

/// <summary>
/// References and the manifests or indexes they stand for: one file each, replaced whole. An image whose last name goes
/// to another one is kept without a name ("dangling") until it is removed.
/// </summary>
public sealed class ImageNames
{
    private const int MinimumIdLength = 2;
    private const string Untagged = "untagged-";
    private readonly string folder;
    private readonly AtomicFile files;
    private readonly ImageIds ids;
    private readonly StoreLeases leases;
    private readonly LayoutIndexFile index;

    internal ImageNames(string folder, AtomicFile files, ContentStore content, StoreLeases leases, LayoutIndexFile index)
    {
        this.folder = folder;
        this.files = files;
        this.leases = leases;
        this.index = index;
        ids = new ImageIds(content);
    }

    /// <summary>Gives an image a name, taking it from the image that had it.</summary>
    /// <param name="repositoryDigest">By which digest the repository knows it; null for the target's own.</param>
    public void Set(ImageReference reference, Descriptor target, Digest? repositoryDigest = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(target);
        if (Resolve(reference) is { } before && before.Digest != target.Digest)
        {
            Keep(before);
        }

        index.Drop(reference, unless: target.Digest);
        Write(PathOf(reference), new NameRecord(reference.ToString(), target) { RepositoryDigest = repositoryDigest == target.Digest ? null : repositoryDigest });
        Delete(PathOf(target.Digest));
        RefreshIndex([reference]);
    }

    /// <summary>Lists images in <c>index.json</c> again, because layers of theirs have been written or their names have gone.</summary>
    public void RefreshIndex(IReadOnlyCollection<ImageReference> names) => index.Update(names, Resolve, AllNames);

    /// <summary>Keeps an image that has no name.</summary>
    public void Keep(Descriptor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Write(PathOf(target.Digest), new NameRecord(null, target));
    }

    /// <summary>Puts right what a process that was killed left in <c>index.json</c>, before what it lists may go.</summary>
    internal void HealIndex()
    {
        var names = (index.TryRead() ?? []).Select(LayoutIndexFile.NameOf).OfType<ImageReference>().ToArray();
        RefreshIndex(names);
    }

    /// <summary>What a reference stands for; null when it is unknown here. A digest in the reference has to match too.</summary>
    public Descriptor? Resolve(ImageReference reference) => Find(reference)?.Target;

    /// <summary>As <see cref="Resolve"/>, with what is known of where the name came from.</summary>
    public NamedImage? Find(ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return files.TryReadRecord(PathOf(reference), StorageJson.Types.NameRecord) is { } record
            ? new NamedImage(reference, record.Target, record.RepositoryDigest ?? record.Target.Digest)
            : null;
    }

    /// <summary>
    /// The image whose id (config digest), manifest digest or index digest begins with these hex digits, with or without
    /// <c>sha256:</c>; null when there is none.
    /// </summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.AmbiguousId"/>.</exception>
    public Descriptor? ResolveId(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var hex = prefix.StartsWith(Digest.Algorithm + ":", StringComparison.Ordinal) ? prefix[(Digest.Algorithm.Length + 1)..] : prefix;
        if (hex.Length < MinimumIdLength || !hex.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var found = List().Select(image => image.Target)
            .SelectMany(ids.Of)
            .Where(image => image.Ids.Any(id => id.Hex.StartsWith(hex, StringComparison.Ordinal)))
            .Select(image => image.Target)
            .DistinctBy(target => target.Digest)
            .ToArray();
        return found.Length <= 1
            ? found.FirstOrDefault()
            : throw new BuilderException(StorageErrors.AmbiguousId, $"image id {prefix} fits {found.Length} images", "write more digits of it");
    }

    /// <summary>Takes a name away; the image itself stays for the garbage collector. False when there was no such name.</summary>
    public bool Remove(ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        index.Drop(reference, unless: null);
        return Delete(PathOf(reference));
    }

    /// <summary>Gives up an image without a name. False when there was none.</summary>
    public bool RemoveUntagged(Digest target) => Delete(PathOf(target));

    /// <summary>All images: those with names in the order of their references, then those without, by digest.</summary>
    public IReadOnlyList<NamedImage> List()
    {
        var records = Paths().Select(path => files.TryReadRecord(path, StorageJson.Types.NameRecord)).OfType<NameRecord>().ToArray();
        var named = records.Where(record => record.Reference is not null)
            .OrderBy(record => record.Reference, StringComparer.Ordinal)
            .Select(record => new NamedImage(ImageReference.Parse(record.Reference!), record.Target, record.RepositoryDigest ?? record.Target.Digest))
            .ToArray();
        var digests = named.Select(image => image.Target.Digest).ToHashSet();
        return
        [
            .. named,
            .. records.Where(record => record.Reference is null && !digests.Contains(record.Target.Digest))
                .OrderBy(record => record.Target.Digest)
                .Select(record => new NamedImage(null, record.Target, record.Target.Digest)),
        ];
    }

    /// <summary>The files of all records.</summary>
    internal IEnumerable<string> Paths() => Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal);

    /// <summary>When the store learnt of an image, or of this name of it.</summary>
    internal DateTimeOffset Since(NamedImage image) =>
        new(File.GetLastWriteTimeUtc(image.Reference is { } name ? PathOf(name) : PathOf(image.Target.Digest)), TimeSpan.Zero);

    private IEnumerable<ImageReference> AllNames() => List().Select(image => image.Reference).OfType<ImageReference>();

    private static bool Delete(string path)
    {
        var existed = File.Exists(path);
        File.Delete(path);
        return existed;
    }

    private void Write(string path, NameRecord record)
    {
        leases.Hold(LeaseKey.OfImage(record.Target.Digest));
        leases.AnnounceRoot();
        files.Write(path, StorageJson.Write(record, StorageJson.Types.NameRecord));
    }

    // A reference may be longer than a file name, and differs from others in letters that some file systems fold.
    internal string PathOf(ImageReference reference) => Path.Combine(folder, Digest.OfText(reference.ToString()).Hex + ".json");

    private string PathOf(Digest target) => Path.Combine(folder, Untagged + target.Hex + ".json");
}
