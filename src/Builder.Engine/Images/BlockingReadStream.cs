using Builder.Archives;

namespace Builder.Engine.Images;

/// <summary>
/// Lets the layer reader, which works on a thread of its own and is busy hashing and writing, wait for bytes of the network
/// where it needs them. There is one such thread a layer, and no other way between a pull and an asynchronous source.
/// </summary>
internal sealed class BlockingReadStream(Stream source, CancellationToken cancellationToken) : ReadOnlyStream
{
    public override int Read(Span<byte> buffer)
    {
        var rented = System.Buffers.ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            var count = source.ReadAsync(rented.AsMemory(0, buffer.Length), cancellationToken).AsTask().GetAwaiter().GetResult();
            rented.AsSpan(0, count).CopyTo(buffer);
            return count;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        source.ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
