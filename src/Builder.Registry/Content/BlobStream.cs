using System.Security.Cryptography;
using Builder.Oci;
using Builder.Registry.Content.Blobs;

namespace Builder.Registry.Content;

/// <summary>
/// A blob on its way, forward only. The hash runs across connections, and the last byte is delivered only when size and
/// digest are right.
/// </summary>
internal sealed class BlobStream(BlobRange range, Descriptor blob, IProgress<long>? progress) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool verified;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => blob.Size;

    public override long Position
    {
        get => range.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Begins, so that a blob that is not there is known before anything is read.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (blob.Size == 0)
        {
            Verify();
        }
        else
        {
            await range.OpenAsync(cancellationToken);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (verified || buffer.IsEmpty)
        {
            return 0;
        }

        var read = await range.ReadAsync(buffer, cancellationToken);
        hash.AppendData(buffer.Span[..read]);
        if (range.Position == blob.Size)
        {
            Verify();
            await range.DrainAsync(cancellationToken);
        }

        progress?.Report(range.Position);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Blocking on the network is not offered.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a blob is read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await range.DisposeAsync();
        hash.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            range.Abort();
            hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Verify()
    {
        var actual = Digest.FromHash(hash.GetHashAndReset());
        if (actual != blob.Digest)
        {
            throw range.Wrong($"has {blob.Size} bytes that hash to {actual}");
        }

        verified = true;
    }
}
