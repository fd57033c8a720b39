namespace Builder.Archives.Estargz;

/// <summary>A tar on its way to a reader, which keeps what was read until somebody has taken it: the reader reads ahead.</summary>
internal sealed class RawTar(Stream inner) : ReadOnlyStream
{
    internal delegate void Receiver(ReadOnlySpan<byte> bytes);

    private byte[] kept = new byte[256 * 1024];
    private int start;
    private int end;
    private long taken;

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        Keep(buffer[..count]);
        return count;
    }

    /// <summary>Gives away what lies before a position in the archive.</summary>
    internal void TakeTo(long position, Receiver receiver) => Take((int)(position - taken), receiver);

    internal void TakeAll(Receiver receiver) => Take(end - start, receiver);

    private void Take(int count, Receiver receiver)
    {
        receiver(kept.AsSpan(start, count));
        start += count;
        taken += count;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > kept.Length - end)
        {
            var length = end - start;
            var target = length + bytes.Length > kept.Length ? new byte[Math.Max(2 * kept.Length, length + bytes.Length)] : kept;
            kept.AsSpan(start, length).CopyTo(target);
            (kept, start, end) = (target, 0, length);
        }

        bytes.CopyTo(kept.AsSpan(end));
        end += bytes.Length;
    }
}
