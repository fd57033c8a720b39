using Builder.Diagnostics;

namespace Builder.Archives.Tar;

/// <summary>Collects the segments of a sparse file and refuses any that lie.</summary>
internal sealed class SparseMapBuilder(TarLimits limits, long headerOffset)
{
    private readonly List<SparseSegment> segments = [];
    private long end;
    private int count;

    public long HeaderOffset => headerOffset;

    public TarLimits Limits => limits;

    public void Add(long offset, long length)
    {
        if (++count > limits.SparseSegments)
        {
            throw new BuilderException(ArchiveErrors.LimitExceeded, $"invalid tar at byte {headerOffset}: a sparse file of more than {limits.SparseSegments} segments");
        }

        if (offset < end || length < 0 || offset > long.MaxValue - length)
        {
            throw TarReader.Broken(headerOffset, $"a sparse segment of {length} bytes at {offset}, where the one before ends at {end}");
        }

        end = offset + length;
        if (length > 0)
        {
            segments.Add(new SparseSegment(offset, length));
        }
    }

    public SparseMap Build(long realSize, ReadOnlyMemory<byte>? name = null) =>
        realSize >= end
            ? new SparseMap(name, realSize, segments)
            : throw TarReader.Broken(headerOffset, $"a sparse file of {realSize} bytes with data up to {end}");
}
