using System.Security.Cryptography;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Records;
using Microsoft.Win32.SafeHandles;

namespace Builder.Storage.Content;

/// <summary>A blob in the making: hashed while it is written, visible only after <see cref="Commit"/>.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "What it does says more than what it derives from.")]
public sealed class BlobWriter : Stream
{
    private readonly ContentStore store;
    private readonly string draft;
    private readonly long? sizeLimit;
    private readonly SafeFileHandle file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long length;
    private bool published;

    internal BlobWriter(ContentStore store, string draft, long? sizeLimit)
    {
        this.store = store;
        this.draft = draft;
        this.sizeLimit = sizeLimit;
        file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Whether a commit waits for the disk where the policy of the store wants that.</summary>
    internal bool IsSynced { get; init; } = true;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !published;

    /// <summary>The bytes written so far.</summary>
    public override long Length => length;

    public override long Position
    {
        get => length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (sizeLimit is { } limit && buffer.Length > limit - length)
        {
            throw new BuilderException(StorageErrors.Mismatch, $"the content is longer than the {limit} bytes expected");
        }

        try
        {
            RandomAccess.Write(file, buffer, length);
        }
        catch (IOException e) when (DiskErrors.Explain(e) is { } explained)
        {
            throw explained;
        }

        hash.AppendData(buffer);
        length += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // Writing to the page cache does not wait: an asynchronous write would only add a thread hop.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Verifies the content and makes the blob visible.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Mismatch"/>; nothing has been stored then.</exception>
    public (Digest Digest, long Size) Commit(Digest? expected = null, long? expectedSize = null)
    {
        ObjectDisposedException.ThrowIf(published, this);
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(sha256);
        var digest = Digest.FromHash(sha256);
        if (expectedSize is { } size && size != length)
        {
            throw new BuilderException(StorageErrors.Mismatch, $"{expected ?? digest} has {length} bytes where {size} were expected");
        }

        if (expected is { } wanted && wanted != digest)
        {
            throw new BuilderException(StorageErrors.Mismatch, $"the content of {wanted} hashes to {digest}");
        }

        // One that is there with another size is damaged: this one takes its place.
        if (store.SizeOf(digest) != length)
        {
            if (IsSynced && store.SyncsContent)
            {
                RandomAccess.FlushToDisk(file);
            }

            store.Publish(draft, digest);
        }

        published = true;
        return (digest, length);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !file.IsClosed)
        {
            file.Dispose();
            hash.Dispose();

            // Gone already when it was published; still there when the blob was in the store before.
            File.Delete(draft);
        }

        base.Dispose(disposing);
    }
}
