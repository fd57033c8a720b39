namespace Builder.Storage.Layers;

/// <summary>How much a layer may make of this machine, against archives that are small on the wire and endless behind it.</summary>
/// <param name="Entries">The most entries of one layer.</param>
/// <param name="Bytes">A layer that unpacks to more must not be compressed better than <paramref name="Ratio"/>.</param>
/// <param name="Ratio">gzip makes at best 1032 bytes of one; zstd has no such bound.</param>
public sealed record LayerLimits(int Entries = 10_000_000, long Bytes = 64L << 30, int Ratio = 1100)
{
    public static readonly LayerLimits Default = new();

    internal long BytesFor(long blobSize) => Math.Max(Bytes, blobSize * Ratio);
}
