using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Leases;
using Builder.Storage.Records;

namespace Builder.Storage.Content;

/// <summary>
/// Blobs under their digests, <c>blobs/sha256/&lt;hex&gt;</c> of an OCI image layout. A blob that can be seen is whole and has
/// been verified; writing one that is there already changes nothing; several processes may write the same one.
/// </summary>
public sealed class ContentStore
{
    private readonly string root;
    private readonly TempFolder temp;
    private readonly AtomicFile files;
    private readonly FsyncPolicy fsync;
    private readonly StoreLeases leases;

    internal ContentStore(string root, TempFolder temp, AtomicFile files, FsyncPolicy fsync, StoreLeases leases)
    {
        this.leases = leases;
        this.root = root;
        this.temp = temp;
        this.files = files;
        this.fsync = fsync;
    }

    /// <summary>Whether a blob is here; one that was seen stays, as long as this process does.</summary>
    public bool Contains(Digest digest) => SizeOf(digest) is not null;

    /// <summary>A blob's length in bytes; null when it is not here.</summary>
    public long? SizeOf(Digest digest)
    {
        leases.Hold(LeaseKey.OfBlob(digest));
        return Measure(digest);
    }

    /// <summary>A blob's length, nothing held.</summary>
    internal long? Measure(Digest digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : null;

    /// <summary>Opens a blob for reading from the start.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/>.</exception>
    public FileStream OpenRead(Digest digest) =>
        TryOpenRead(digest) ?? throw new BuilderException(StorageErrors.Missing, $"blob {digest} is not in the store");

    /// <summary>Opens a blob for reading from the start; null when it is not here.</summary>
    public FileStream? TryOpenRead(Digest digest)
    {
        leases.Hold(LeaseKey.OfBlob(digest));
        try
        {
            return new FileStream(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A manifest, index or config, of at most 4 MiB, with size and digest verified again.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Missing"/> or <see cref="StorageErrors.Corrupt"/>.</exception>
    public byte[] ReadDocument(Descriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        leases.Hold(LeaseKey.OfBlob(descriptor.Digest));
        return Read(descriptor);
    }

    /// <summary>A document as <see cref="ReadDocument"/> gives it, nothing held.</summary>
    internal byte[] Read(Descriptor descriptor)
    {
        var content = AtomicFile.TryRead(PathOf(descriptor.Digest), OciJson.MaxDocumentSize)
            ?? throw new BuilderException(StorageErrors.Missing, $"document {descriptor.Digest} is not in the store");
        return ImageLaws.Violation(descriptor, content) is { } violation
            ? throw new BuilderException(StorageErrors.Corrupt, $"the store is damaged: {violation}", StorageJson.RepairHint)
            : content;
    }

    /// <summary>Stores a small blob that is in memory, also over one of its digest that is damaged.</summary>
    public Descriptor Put(ReadOnlySpan<byte> content, string mediaType)
    {
        var descriptor = new Descriptor(mediaType, Digest.Of(content), content.Length);
        var path = PathOf(descriptor.Digest);
        if (SizeOf(descriptor.Digest) != content.Length || !content.SequenceEqual(AtomicFile.TryRead(path, content.Length)))
        {
            files.Write(path, content);
        }

        return descriptor;
    }

    /// <summary>Reads a stream to its end into the store; nothing is stored unless digest and size are as expected.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Mismatch"/> or <see cref="StorageErrors.DiskFull"/>.</exception>
    public async Task<(Digest Digest, long Size)> IngestAsync(Stream content, Digest? expected, long? expectedSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        await using var writer = CreateWriter(expectedSize);
        await content.CopyToAsync(writer, 128 * 1024, cancellationToken).ConfigureAwait(false);
        return writer.Commit(expected, expectedSize);
    }

    /// <summary>
    /// A stream to write a blob to whose digest is not known yet. Without a <see cref="BlobWriter.Commit"/> nothing remains.
    /// </summary>
    /// <param name="sizeLimit">Writing more bytes than this is an error at once, not only at the end.</param>
    public BlobWriter CreateWriter(long? sizeLimit = null) => new(this, temp.NewPath(), sizeLimit);

    /// <summary>The same for what can be made again, as a step's snapshot can: nothing waits for the disk unless everything does.</summary>
    internal BlobWriter CreateStepWriter() => new(this, temp.NewPath(), null) { IsSynced = fsync == FsyncPolicy.Always };

    /// <summary>
    /// A blob to be put together out of pieces, with what earlier runs of the program left of it. Disposed of before it is
    /// committed, it keeps what it has for the next run.
    /// </summary>
    public PartialBlob OpenPartial(Descriptor blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        var folder = PartialFolder;
        Directory.CreateDirectory(folder);
        return PartialBlob.Open(this, blob, folder, temp.NewPath());
    }

    /// <summary>Removes what was left of unfinished downloads, but not what somebody is at.</summary>
    internal void RemovePartials()
    {
        foreach (var lockFile in Directory.Exists(PartialFolder) ? Directory.EnumerateFiles(PartialFolder, "*" + PartialBlob.LockSuffix).ToArray() : [])
        {
            PartialBlob.Remove(lockFile[..^PartialBlob.LockSuffix.Length]);
        }
    }

    /// <summary>How much there is of unfinished downloads, in bytes.</summary>
    internal long MeasurePartials() => Directory.Exists(PartialFolder)
        ? new DirectoryInfo(PartialFolder).EnumerateFiles().Where(file => file.Extension.Length == 0).Sum(file => file.Length)
        : 0;

    /// <summary>All blobs, in no order.</summary>
    internal IEnumerable<Digest> List()
    {
        var folder = Path.Combine(root, "blobs", Digest.Algorithm);
        foreach (var path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [])
        {
            if (Digest.TryParse($"{Digest.Algorithm}:{Path.GetFileName(path)}", out var digest))
            {
                yield return digest;
            }
        }
    }

    internal void Delete(Digest digest) => File.Delete(PathOf(digest));

    /// <summary>Takes a blob out of the layout whose bytes are not what its name says.</summary>
    internal void Discard(Digest digest) => File.Delete(PathOf(digest));

    internal void Publish(string draft, Digest digest)
    {
        try
        {
            files.Publish(draft, PathOf(digest));
        }
        catch (IOException e) when (DiskErrors.Explain(e) is { } explained)
        {
            throw explained;
        }
    }

    private string PartialFolder => Path.Combine(root, "partial");

    internal bool SyncsContent => fsync != FsyncPolicy.Never;

    private string PathOf(Digest digest) => Path.Combine(root, OciLayout.BlobPath(digest));
}
