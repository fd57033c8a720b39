using Builder.Oci;

namespace Builder.Archives.Compression;

/// <summary>How a stream of bytes is compressed; <see cref="None"/> also stands for anything unknown.</summary>
public enum CompressionKind
{
    None,
    Gzip,
    Zstd,
    Xz,
    Bzip2,
}

/// <summary>Tells compressions apart by their first bytes. Media types and file names lie, these do not.</summary>
public static class Sniffer
{
    /// <summary>As many bytes as <see cref="Detect"/> wants to see; fewer only where the stream is shorter.</summary>
    public const int Length = 6;

    public static CompressionKind Detect(ReadOnlySpan<byte> firstBytes) => firstBytes switch
    {
        [0x1F, 0x8B, ..] => CompressionKind.Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => CompressionKind.Zstd,
        // A skippable frame, which may come before a real one.
        [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => CompressionKind.Zstd,
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => CompressionKind.Xz,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => CompressionKind.Bzip2,
        _ => CompressionKind.None,
    };

    /// <summary>The OCI media type of a layer compressed so; null where OCI has none.</summary>
    public static string? LayerMediaType(CompressionKind kind) => kind switch
    {
        CompressionKind.None => MediaTypes.OciLayer,
        CompressionKind.Gzip => MediaTypes.OciLayerGzip,
        CompressionKind.Zstd => MediaTypes.OciLayerZstd,
        _ => null,
    };
}
