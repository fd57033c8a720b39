namespace Builder.Archives.Tar;

/// <summary>Keys of PAX records beside the standard ones.</summary>
internal static class PaxKeys
{
    /// <summary>star's way to store extended attributes, which every image tool has taken over.</summary>
    public static ReadOnlySpan<byte> XattrPrefix => "SCHILY.xattr."u8;

    public static ReadOnlySpan<byte> SparsePrefix => "GNU.sparse."u8;
}
