namespace Builder.Archives.Tar;

/// <summary>
/// Which stretches of a file a tar archive stores; all else is zero. Segments are not empty, in order, and within
/// <see cref="RealSize"/>. GNU tar has had four ways to write this down (GNU tar manual, "Storing Sparse Files").
/// </summary>
internal sealed record SparseMap(ReadOnlyMemory<byte>? Name, long RealSize, IReadOnlyList<SparseSegment> Segments)
{
    /// <summary>The map of the entry whose header was just read; null if it is an ordinary file.</summary>
    /// <param name="stored">The size in the header; on return without the map, where that is part of the content.</param>
    public static SparseMap? Find(ReadOnlySpan<byte> block, PaxRecords pax, ref long stored, TarInput input, TarLimits limits, long offset)
    {
        var builder = new SparseMapBuilder(limits, offset);
        var map = block[TarBlock.Type] == 'S' ? OldGnuSparse.Read(block, input, builder)
            : pax.HasSparse ? PaxSparse.Read(pax, ref stored, input, builder)
            : null;
        if (map is not null && map.Segments.Sum(segment => segment.Length) != stored)
        {
            throw TarReader.Broken(offset, "the sparse map and the stored size contradict each other");
        }

        return map;
    }
}

/// <summary>A stretch of data, in bytes from the start of the file.</summary>
internal readonly record struct SparseSegment(long Offset, long Length);
