using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Builder.Archives.Compression;

/// <summary>The zstd encoder.</summary>
public static class ZstdCompressor
{
    /// <summary>zstd's own default: a third smaller than gzip's output at three times the speed.</summary>
    public const int DefaultLevel = 3;

    /// <summary>The input of one thread at a time; part of the output's identity.</summary>
    private const int JobSize = 4 * 1024 * 1024;

    /// <summary>
    /// A stream that compresses what is written to it into one frame, on several processors; disposing it ends the frame. The
    /// frame is the same whatever their number: the encoder's jobs are cut by size, and a single one is a job too.
    /// </summary>
    /// <param name="destination">Stays open.</param>
    /// <param name="parallelism">How many threads; as many as there are processors by default.</param>
    public static Stream Open(Stream destination, int level = DefaultLevel, int? parallelism = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var stream = new CompressionStream(destination, level, leaveOpen: true);
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_nbWorkers, Math.Max(1, parallelism ?? Environment.ProcessorCount));
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_jobSize, JobSize);
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return stream;
    }
}
