using System.Buffers;
using Builder.Diagnostics;

namespace Builder.Archives.Tar;

/// <summary>
/// Writes a tar archive whose bytes depend on the entries alone: ustar where that fits, else a PAX header of sorted
/// records under a fixed name before it, the way Go's writer decides, since that is what other engines' layers look like.
/// No clock, no process id, no user names, no padding after the two zero blocks. Not for several threads.
/// </summary>
public sealed class TarWriter : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream stream;
    private readonly PaxHeader pax = new();
    private byte[]? buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int buffered;
    private long remaining;
    private int padding;

    /// <param name="stream">Is written in large pieces and stays open.</param>
    public TarWriter(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        this.stream = stream;
    }

    /// <summary>How many bytes the archive has so far.</summary>
    public long Length { get; private set; }

    /// <summary>Writes an entry's header; exactly <see cref="TarEntry.Size"/> bytes of content must follow by <see cref="Write"/>.</summary>
    /// <exception cref="ArgumentException">The entry makes no sense: no name, a NUL in it, a negative owner, a directory with content.</exception>
    /// <exception cref="BuilderException"><see cref="ArchiveErrors.Unrepresentable"/>: an extended attribute with <c>=</c> or NUL in its name.</exception>
    /// <exception cref="InvalidOperationException">The previous entry's content is incomplete.</exception>
    public void WriteEntry(TarEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        EndContent();
        TarEntryRules.Require(entry);
        var needsPax = PaxHeader.IsNeeded(entry);
        if (needsPax)
        {
            pax.Describe(entry);
            pax.WriteHeader(entry, Reserve(TarBlock.Size));
            Append(pax.Records);
            Pad((int)TarBlock.Padding(pax.Records.Length));
        }

        UstarHeader.Write(entry, Reserve(TarBlock.Size), split: !needsPax);
        remaining = entry.Size;
        padding = (int)TarBlock.Padding(entry.Size);
    }

    /// <summary>Writes the next bytes of the current entry's content.</summary>
    /// <exception cref="InvalidOperationException">More bytes than the entry's size.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        if (content.Length > remaining)
        {
            throw new InvalidOperationException($"{content.Length} bytes of content where {remaining} are left of the entry's size");
        }

        remaining -= content.Length;
        Append(content);
    }

    /// <summary>Ends the archive and hands all of it to the stream.</summary>
    /// <exception cref="InvalidOperationException">The last entry's content is incomplete.</exception>
    public void Finish()
    {
        EndContent();
        Pad(2 * TarBlock.Size);
        Drain();
        stream.Flush();
    }

    /// <summary>Gives up the buffer; an archive that was not finished stays incomplete.</summary>
    public void Dispose()
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }

    private void EndContent()
    {
        if (remaining > 0)
        {
            throw new InvalidOperationException($"{remaining} bytes of the current entry's content are missing");
        }

        Pad(padding);
        padding = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var memory = Buffer;
        if (bytes.Length > memory.Length - buffered)
        {
            Drain();
        }

        Length += bytes.Length;
        if (bytes.Length >= memory.Length)
        {
            stream.Write(bytes);
            return;
        }

        bytes.CopyTo(memory.AsSpan(buffered));
        buffered += bytes.Length;
    }

    private void Pad(int count)
    {
        if (count > 0)
        {
            Reserve(count);
        }
    }

    /// <summary>The next <paramref name="count"/> bytes of the archive, zero.</summary>
    private Span<byte> Reserve(int count)
    {
        if (count > Buffer.Length - buffered)
        {
            Drain();
        }

        var reserved = Buffer.AsSpan(buffered, count);
        reserved.Clear();
        buffered += count;
        Length += count;
        return reserved;
    }

    private void Drain()
    {
        stream.Write(Buffer, 0, buffered);
        buffered = 0;
    }

    private byte[] Buffer => buffer ?? throw new ObjectDisposedException(nameof(TarWriter));
}
