namespace Builder.Storage.Garbage;

/// <summary>What a collection removed.</summary>
/// <param name="BlobBytes">The size of the removed blobs; what snapshots took is not counted.</param>
public sealed record GarbageReport(int Blobs, long BlobBytes, int Snapshots);
