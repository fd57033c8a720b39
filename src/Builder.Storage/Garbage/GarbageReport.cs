using Builder.Oci;

namespace Builder.Storage.Garbage;

/// <summary>What a collection removed.</summary>
/// <param name="BlobBytes">The size of the removed blobs.</param>
public sealed record GarbageReport(int Blobs, long BlobBytes, int Snapshots)
{
    /// <summary>How many bytes the files of the removed snapshots had.</summary>
    public long SnapshotBytes { get; init; }

    /// <summary>How many results of steps were forgotten.</summary>
    public int Steps { get; init; }

    /// <summary>How many caches of <c>RUN --mount=type=cache</c> were removed.</summary>
    public int Caches { get; init; }

    /// <summary>The bytes of the files in those caches.</summary>
    public long CacheBytes { get; init; }

    /// <summary>What was left of unfinished downloads, in bytes.</summary>
    public long PartialBytes { get; init; }

    public IReadOnlyList<ImageReference> Untagged { get; init; } = [];

    /// <summary>The manifests, indexes and configs among the removed blobs' images.</summary>
    public IReadOnlyList<Digest> Images { get; init; } = [];

    /// <summary>How many objects stay only because somebody uses them now.</summary>
    public int InUse { get; init; }

    public long Bytes => BlobBytes + SnapshotBytes + CacheBytes + PartialBytes;
}
