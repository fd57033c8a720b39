using Builder.Diagnostics;

namespace Builder.Archives;

/// <summary>Reads another stream and throws <see cref="ArchiveErrors.LimitExceeded"/> as soon as that gives more than allowed.</summary>
/// <param name="inner">Is disposed with this one.</param>
/// <param name="limit">The most bytes that may come.</param>
/// <param name="what">What the bytes are, for the message: <c>the decompressed layer</c>.</param>
public sealed class BoundedStream(Stream inner, long limit, string what) : ReadOnlyStream
{
    private long count;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        count += read;
        return count <= limit
            ? read
            : throw new BuilderException(ArchiveErrors.LimitExceeded, $"{what} has more than the {limit} bytes allowed");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
