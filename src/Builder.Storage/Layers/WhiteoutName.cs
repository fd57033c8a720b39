namespace Builder.Storage.Layers;

/// <summary>The names by which a layer's tar says what is gone (OCI image-spec, layer.md "Whiteouts").</summary>
internal static class WhiteoutName
{
    internal static ReadOnlySpan<byte> Prefix => ".wh."u8;

    /// <summary>Everything that lower layers have in this directory is gone.</summary>
    internal static ReadOnlySpan<byte> Opaque => ".wh..wh..opq"u8;

    /// <summary>Names of aufs' own bookkeeping, which old layers still contain.</summary>
    internal static ReadOnlySpan<byte> MetadataPrefix => ".wh..wh."u8;

    internal static bool IsReserved(ReadOnlySpan<byte> name) => name.StartsWith(Prefix);
}
