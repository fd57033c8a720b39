namespace Builder.Archives.Tar;

/// <summary>
/// Where the reader is in an entry's content: how much of it the archive still stores, and, for a sparse file, which
/// stretches of the file those bytes are.
/// </summary>
internal struct TarContent(long stored, SparseMap? sparse)
{
    private long position;
    private int segment;

    /// <summary>Of the file, holes included.</summary>
    public long Length { get; } = sparse?.RealSize ?? stored;

    public long StoredRemaining { get; private set; } = stored;

    /// <summary>What follows the stored bytes up to the next block.</summary>
    public long Padding { get; } = TarBlock.Padding(stored);

    public int Read(TarInput input, Span<byte> buffer)
    {
        if (sparse is null)
        {
            return ReadStored(input, buffer, StoredRemaining);
        }

        // Between the stretches of data, and after the last, are zeros.
        var left = sparse.RealSize - position;
        if (segment < sparse.Segments.Count)
        {
            var (offset, length) = sparse.Segments[segment];
            if (position >= offset)
            {
                var read = ReadStored(input, buffer, offset + length - position);
                position += read;
                if (position == offset + length)
                {
                    segment++;
                }

                return read;
            }

            left = offset - position;
        }

        var zeros = buffer[..(int)Math.Min(buffer.Length, left)];
        zeros.Clear();
        position += zeros.Length;
        return zeros.Length;
    }

    private int ReadStored(TarInput input, Span<byte> buffer, long limit)
    {
        var read = input.ReadSome(buffer[..(int)Math.Min(buffer.Length, limit)]);
        StoredRemaining -= read;
        return read;
    }
}
