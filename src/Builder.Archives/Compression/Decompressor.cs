using SharpCompress.Compressors.BZip2;
using ZstdSharp;

namespace Builder.Archives.Compression;

/// <summary>Opens a stream for what is inside it, whatever it says it is.</summary>
public static class Decompressor
{
    /// <summary>
    /// The decompressed content of <paramref name="compressed"/>, by its first bytes; the bytes themselves if they are no
    /// known compression. Several gzip members, zstd frames or xz streams in a row are one content.
    /// </summary>
    /// <param name="compressed">Is read ahead of need and stays open.</param>
    /// <param name="maxOutput">
    /// The most bytes that may come out, against bombs; reading more throws <see cref="ArchiveErrors.LimitExceeded"/>.
    /// </param>
    /// <remarks>Reading damaged or truncated data throws <see cref="ArchiveErrors.InvalidCompression"/>.</remarks>
    public static Stream Open(Stream compressed, long? maxOutput = null) => Open(compressed, maxOutput, out _);

    /// <param name="kind">What the first bytes say.</param>
    /// <inheritdoc cref="Open(Stream, long?)"/>
    public static Stream Open(Stream compressed, long? maxOutput, out CompressionKind kind)
    {
        ArgumentNullException.ThrowIfNull(compressed);
        var peeked = new PeekedStream(compressed, Sniffer.Length);
        kind = Sniffer.Detect(peeked.Peeked);
        var opened = kind == CompressionKind.None ? (Stream)peeked : new DecodingStream(peeked, kind, Decoder(kind));
        return maxOutput is { } limit ? new BoundedStream(opened, limit, "the decompressed content") : opened;
    }

    private static Func<Stream, Stream> Decoder(CompressionKind kind) => kind switch
    {
        CompressionKind.Gzip => FrameworkGzip.OpenReader,
        CompressionKind.Zstd => source => new DecompressionStream(source, checkEndOfStream: true, leaveOpen: false),
        CompressionKind.Xz => source => new XzStreams(source),
        CompressionKind.Bzip2 => source => BZip2Stream.Create(source, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a compression"),
    };
}
