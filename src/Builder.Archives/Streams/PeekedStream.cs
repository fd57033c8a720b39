namespace Builder.Archives;

/// <summary>A stream whose first bytes have been looked at and are given again.</summary>
/// <param name="inner">Stays open.</param>
internal sealed class PeekedStream(Stream inner, int length) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> rest = Peek(inner, length);

    /// <summary>What was peeked at and not yet read: before the first read, all of it.</summary>
    public ReadOnlySpan<byte> Peeked => rest.Span;

    public override int Read(Span<byte> buffer)
    {
        if (rest.IsEmpty)
        {
            return inner.Read(buffer);
        }

        var count = Math.Min(buffer.Length, rest.Length);
        rest.Span[..count].CopyTo(buffer);
        rest = rest[count..];
        return count;
    }

    private static byte[] Peek(Stream inner, int length)
    {
        var bytes = new byte[length];
        return bytes[..inner.ReadAtLeast(bytes, length, throwOnEndOfStream: false)];
    }
}
