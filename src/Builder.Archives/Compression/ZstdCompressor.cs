using ZstdSharp;

namespace Builder.Archives.Compression;

/// <summary>The zstd encoder.</summary>
public static class ZstdCompressor
{
    /// <summary>zstd's own default: a third smaller than gzip's output at three times the speed.</summary>
    public const int DefaultLevel = 3;

    /// <summary>A stream that compresses what is written to it; disposing it ends the frame.</summary>
    /// <param name="destination">Stays open.</param>
    public static Stream Open(Stream destination, int level = DefaultLevel)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return new CompressionStream(destination, level, leaveOpen: true);
    }
}
