namespace Builder.Archives.Tar;

/// <summary>How much memory an archive may make its reader use.</summary>
/// <param name="MetadataBytes">The largest extended header, long name or in-content sparse map, in bytes.</param>
/// <param name="SparseSegments">The most stretches of data in a sparse file.</param>
public sealed record TarLimits(int MetadataBytes = 1024 * 1024, int SparseSegments = 100_000)
{
    public static TarLimits Default { get; } = new();
}
