using System.Buffers;
using Builder.Diagnostics;

namespace Builder.Archives.Tar;

/// <summary>
/// Reads a tar archive entry by entry from a stream that need not seek: v7, ustar, star, GNU (long names, base-256,
/// old sparse files) and PAX (with extended attributes and GNU's sparse formats 0.0, 0.1 and 1.0). Global PAX headers are
/// checked and skipped, as the other engines do. One zero block, or the end of the stream between two entries, ends the
/// archive; what follows is ignored. Every error is a <see cref="BuilderException"/> with the offset in the archive.
/// Not for several threads.
/// </summary>
public sealed partial class TarReader : IDisposable
{
    private readonly TarInput input;
    private readonly TarLimits limits;
    private TarContent content;
    private bool ended;
    private int generation;

    /// <param name="stream">Is read ahead of need and stays open.</param>
    public TarReader(Stream stream, TarLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        input = new TarInput(stream);
        this.limits = limits ?? TarLimits.Default;
    }

    /// <summary>How many bytes of the archive have been used up: between two entries, where the next one's headers begin or, after <see cref="Next"/>, its content.</summary>
    public long Position => input.Position;

    /// <summary>The next entry, after skipping what is left of the current one; null at the end.</summary>
    /// <exception cref="BuilderException"><see cref="ArchiveErrors.InvalidTar"/>, <see cref="ArchiveErrors.TruncatedTar"/> or <see cref="ArchiveErrors.LimitExceeded"/>.</exception>
    public TarEntry? Next()
    {
        generation++;
        input.Skip(content.StoredRemaining);
        input.Skip(content.Padding);
        content = default;
        if (ended)
        {
            return null;
        }

        var extensions = new TarExtensions();
        Span<byte> block = stackalloc byte[TarBlock.Size];
        while (true)
        {
            var offset = input.Position;
            if (!input.TryReadBlock(block) || block.IndexOfAnyExcept((byte)0) < 0)
            {
                ended = true;
                return extensions.IsEmpty ? null : throw Broken(offset, "the archive ends after an extended header, before the entry it describes");
            }

            VerifyChecksum(block, offset);
            switch ((char)block[TarBlock.Type])
            {
                case 'x' or 'X':
                    extensions.Pax = PaxRecords.Parse(ReadMetadata(block, offset), offset);
                    break;
                case 'g':
                    PaxRecords.Parse(ReadMetadata(block, offset), offset);
                    break;
                case 'L':
                    extensions.LongName = LongText(block, offset);
                    break;
                case 'K':
                    extensions.LongLink = LongText(block, offset);
                    break;
                default:
                    return ReadEntry(block, offset, extensions);
            }
        }
    }

    /// <summary>Reads on in the current entry's content, holes as zeros; 0 at its end.</summary>
    public int Read(Span<byte> buffer) => content.Read(input, buffer);

    /// <summary>The rest of the current entry's content; of no use after the next <see cref="Next"/>.</summary>
    public Stream Content => new TarContentStream(this);

    /// <summary>Gives up the buffer; the stream stays open.</summary>
    public void Dispose() => input.Dispose();

    private ReadOnlyMemory<byte> LongText(ReadOnlySpan<byte> block, long offset) =>
        TarBlock.Text(ReadMetadata(block, offset)).ToArray();

    private byte[] ReadMetadata(ReadOnlySpan<byte> block, long offset)
    {
        var size = Number(block, TarBlock.ContentSize, offset, "size");
        if (size < 0)
        {
            throw Broken(offset, "an extended header with a negative size");
        }

        if (size > limits.MetadataBytes)
        {
            throw new BuilderException(ArchiveErrors.LimitExceeded, $"invalid tar at byte {offset}: an extended header of {size} bytes where {limits.MetadataBytes} are allowed");
        }

        var bytes = new byte[size];
        input.ReadExactly(bytes);
        input.Skip(TarBlock.Padding(size));
        return bytes;
    }

    private static void VerifyChecksum(ReadOnlySpan<byte> block, long offset)
    {
        if (!TarBlock.TryNumber(block[TarBlock.Checksum], out var claimed) ||
            (claimed != TarBlock.Sum(block) && claimed != TarBlock.SignedSum(block)))
        {
            throw Broken(offset, "this is no tar header: its checksum is wrong");
        }
    }

    internal static long Number(ReadOnlySpan<byte> block, Range field, long offset, string what) =>
        TarBlock.TryNumber(block[field], out var value) ? value : throw Broken(offset, $"the {what} field is not a number");

    internal static BuilderException Broken(long offset, string why) => new(ArchiveErrors.InvalidTar, $"invalid tar at byte {offset}: {why}");

    /// <summary>A read-only view of the current entry's content that dies with it.</summary>
    private sealed class TarContentStream(TarReader reader) : ReadOnlyStream
    {
        private readonly int generation = reader.generation;

        public override int Read(Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(generation != reader.generation, this);
            return reader.Read(buffer);
        }
    }
}
