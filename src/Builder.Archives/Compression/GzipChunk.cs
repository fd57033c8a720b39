using System.Buffers;
using System.Buffers.Binary;

namespace Builder.Archives.Compression;

/// <summary>
/// A stretch of input compressed on its own, so that chunks can be made at the same time: deflate blocks that end on a byte
/// boundary and leave the stream open, and the sum of the input. Pooled memory; disposing gives it back.
/// </summary>
internal readonly struct GzipChunk : IDisposable
{
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;

    private readonly PooledBuffer buffer;
    private readonly int end;

    private GzipChunk(PooledBuffer buffer, int end, uint crc, int inputLength)
    {
        this.buffer = buffer;
        this.end = end;
        Crc = crc;
        InputLength = inputLength;
    }

    public uint Crc { get; }

    public int InputLength { get; }

    public ReadOnlySpan<byte> Deflated => buffer.Written[HeaderLength..end];

    public static GzipChunk Compress(ReadOnlySpan<byte> input, int level)
    {
        var buffer = new PooledBuffer(input.Length / 2);
        int end;

        // The framework's gzip computes the sum with the processor's help; only its framing is not wanted here.
        using (var gzip = FrameworkGzip.OpenWriter(buffer, level))
        {
            gzip.Write(input);
            gzip.Flush();
            end = buffer.Written.Length;
        }

        var crc = BinaryPrimitives.ReadUInt32LittleEndian(buffer.Written[^TrailerLength..]);
        return new GzipChunk(buffer, end, crc, input.Length);
    }

    public void Dispose() => buffer.Dispose();

    private sealed class PooledBuffer(int capacity) : WriteOnlyStream
    {
        private byte[] bytes = ArrayPool<byte>.Shared.Rent(capacity);
        private int length;

        public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

        public override void Write(ReadOnlySpan<byte> buffer)
        {
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
