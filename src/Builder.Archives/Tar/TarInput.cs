using System.Buffers;
using Builder.Diagnostics;

namespace Builder.Archives.Tar;

/// <summary>The archive's bytes through a buffer that small reads share and large reads pass by.</summary>
internal sealed class TarInput(Stream stream) : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private byte[]? buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int start;
    private int end;

    /// <summary>How many bytes have been handed out or skipped.</summary>
    public long Position { get; private set; }

    private byte[] Buffer => buffer ?? throw new ObjectDisposedException(nameof(TarReader));

    /// <summary>Fills <paramref name="block"/>, or returns false when the stream has ended before its first byte.</summary>
    public bool TryReadBlock(Span<byte> block)
    {
        var first = Read(block);
        if (first == 0)
        {
            return false;
        }

        ReadExactly(block[first..]);
        return true;
    }

    public void ReadExactly(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            destination = destination[ReadSome(destination)..];
        }
    }

    /// <summary>At least one byte, where <paramref name="destination"/> has room for one.</summary>
    public int ReadSome(Span<byte> destination)
    {
        var count = Read(destination);
        return count > 0 || destination.IsEmpty ? count : throw Truncated();
    }

    public void Skip(long count)
    {
        while (count > 0)
        {
            if (start == end && !Fill())
            {
                throw Truncated();
            }

            var step = (int)Math.Min(count, end - start);
            start += step;
            Position += step;
            count -= step;
        }
    }

    public void Dispose()
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }

    private int Read(Span<byte> destination)
    {
        int count;
        if (start == end && destination.Length >= Buffer.Length)
        {
            count = stream.Read(destination);
        }
        else
        {
            if (start == end && !Fill())
            {
                return 0;
            }

            count = Math.Min(destination.Length, end - start);
            Buffer.AsSpan(start, count).CopyTo(destination);
            start += count;
        }

        Position += count;
        return count;
    }

    private bool Fill()
    {
        start = 0;
        end = stream.Read(Buffer, 0, Buffer.Length);
        return end > 0;
    }

    private BuilderException Truncated() =>
        new(ArchiveErrors.TruncatedTar, $"the tar archive ends at byte {Position}, in the middle of an entry", "it was cut off; fetch or make it again");
}
