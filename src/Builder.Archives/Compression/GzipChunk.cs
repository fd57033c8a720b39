using System.Buffers;
using System.Buffers.Binary;

namespace Builder.Archives.Compression;

/// <summary>
/// A stretch of input compressed on its own, so that chunks can be made at the same time: deflate blocks that end on a byte
/// boundary and leave the stream open, and the sum of the input. Noise goes into stored blocks. Pooled memory; disposing gives it back.
/// </summary>
internal readonly struct GzipChunk : IDisposable
{
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;

    /// <summary>The level at which deflate copies.</summary>
    private const int Stored = 0;

    private readonly PooledBuffer buffer;

    private GzipChunk(PooledBuffer buffer, uint crc, int inputLength)
    {
        this.buffer = buffer;
        Crc = crc;
        InputLength = inputLength;
    }

    public uint Crc { get; }

    public int InputLength { get; }

    public ReadOnlySpan<byte> Deflated => buffer.Written;

    public static GzipChunk Compress(ReadOnlySpan<byte> input, int level)
    {
        var buffer = new PooledBuffer(input.Length / 2);
        uint crc = 0;
        foreach (var (stretch, isNoise) in NoiseFinder.Cut(input))
        {
            var piece = input[stretch];
            crc = Crc32.Combine(crc, Append(buffer, piece, isNoise ? Stored : level), piece.Length);
        }

        return new GzipChunk(buffer, crc, input.Length);
    }

    /// <summary>Deflates a piece behind what is there; returns its sum.</summary>
    private static uint Append(PooledBuffer buffer, ReadOnlySpan<byte> piece, int level)
    {
        // The framework's gzip computes the sum with the processor's help; only its framing is not wanted here.
        buffer.DropNext(HeaderLength);
        int end;
        using (var gzip = FrameworkGzip.OpenWriter(buffer, level))
        {
            gzip.Write(piece);
            gzip.Flush();
            end = buffer.Written.Length;
        }

        var sum = BinaryPrimitives.ReadUInt32LittleEndian(buffer.Written[^TrailerLength..]);
        buffer.CutAt(end);
        return sum;
    }

    public void Dispose() => buffer.Dispose();

    private sealed class PooledBuffer(int capacity) : WriteOnlyStream
    {
        private byte[] bytes = ArrayPool<byte>.Shared.Rent(capacity);
        private int length;
        private int unwanted;

        public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

        public void DropNext(int count) => unwanted = count;

        public void CutAt(int end) => length = end;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var dropped = Math.Min(unwanted, buffer.Length);
            unwanted -= dropped;
            buffer = buffer[dropped..];
            if (buffer.Length > bytes.Length - length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, length + buffer.Length));
                Written.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(bytes);
                bytes = larger;
            }

            buffer.CopyTo(bytes.AsSpan(length));
            length += buffer.Length;
        }

        protected override void Dispose(bool disposing)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = [];
            length = 0;
            base.Dispose(disposing);
        }
    }
}
