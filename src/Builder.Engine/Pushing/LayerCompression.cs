using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Engine.Pushing;

/// <summary>How layers are compressed on their way out.</summary>
/// <param name="Level">Null for the customary level of the kind.</param>
public sealed record LayerCompression(CompressionKind Kind = CompressionKind.Gzip, int? Level = null)
{
    public static readonly LayerCompression Default = new();
    private const int MaxGzipLevel = 9;
    private const int MaxZstdLevel = 22;

    /// <summary>Everything that the bytes depend on; what a layer becomes is remembered under it.</summary>
    public string Way => Kind switch
    {
        CompressionKind.Gzip => $"gzip-{Level ?? GzipWriterStream.DefaultLevel}",
        CompressionKind.Zstd => $"zstd-{Level ?? ZstdCompressor.DefaultLevel}",
        _ => "none",
    };

    /// <summary>The media type of a layer compressed so.</summary>
    public string MediaType => Sniffer.LayerMediaType(Kind)!;

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadCompression"/>.</exception>
    public static LayerCompression Parse(string? kind, int? level = null)
    {
        var parsed = kind switch
        {
            null or "" or "gzip" => CompressionKind.Gzip,
            "zstd" => CompressionKind.Zstd,
            "none" or "uncompressed" => CompressionKind.None,
            _ => throw new BuilderException(EngineErrors.BadCompression, $"unknown compression '{kind}'", "it is gzip, zstd or none"),
        };
        var highest = parsed switch { CompressionKind.Gzip => MaxGzipLevel, CompressionKind.Zstd => MaxZstdLevel, _ => 0 };
        return level is null || (level >= 1 && level <= highest)
            ? new LayerCompression(parsed, level)
            : throw new BuilderException(EngineErrors.BadCompression, $"compression level {level} is none of {kind ?? "gzip"}", highest == 0 ? "no compression has no level" : $"it is 1 (fast) to {highest} (small)");
    }

    /// <summary>A stream that compresses what is written to it; disposing it ends the content, and leaves the destination open.</summary>
    internal Stream Open(Stream destination) => Kind switch
    {
        CompressionKind.Gzip => new GzipWriterStream(destination, Level ?? GzipWriterStream.DefaultLevel),
        CompressionKind.Zstd => ZstdCompressor.Open(destination, Level ?? ZstdCompressor.DefaultLevel),
        _ => new PassingStream(destination),
    };

    private sealed class PassingStream(Stream destination) : Archives.WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => destination.Write(buffer);
    }
}
