using Builder.Oci;

namespace Builder.Registry.Push;

/// <summary>
/// The bytes of a blob on their way out. They can be had more than once, always the same, because a transfer that breaks
/// begins again.
/// </summary>
public abstract class BlobSource
{
    /// <summary>What the blob is, when that is known before it has been read to its end.</summary>
    public abstract Descriptor? Descriptor { get; }

    /// <summary>Opens the blob at an offset.</summary>
    public abstract Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken);

    /// <summary>
    /// What the blob turned out to be. Asked for when a stream from the beginning has been read to its end and the blob's
    /// <see cref="Descriptor"/> was not known.
    /// </summary>
    public virtual Descriptor Finished() => Descriptor ?? throw new InvalidOperationException("the blob has not been read to its end");

    /// <summary>A blob that lies in memory: a config, an empty object.</summary>
    public static BlobSource Of(Descriptor descriptor, ReadOnlyMemory<byte> content) => new MemorySource(descriptor, content);

    private sealed class MemorySource(Descriptor descriptor, ReadOnlyMemory<byte> content) : BlobSource
    {
        public override Descriptor Descriptor => descriptor;

        public override Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken) =>
            Task.FromResult<Stream>(new MemoryStream(content[(int)offset..].ToArray(), writable: false));
    }
}

/// <summary>How a blob came to be in a repository.</summary>
public enum BlobFate
{
    /// <summary>It was there.</summary>
    Existed,

    /// <summary>The registry had it in another repository and made it known here; nothing was transferred.</summary>
    Mounted,

    /// <summary>It was sent.</summary>
    Sent,
}

/// <summary>What became of a blob.</summary>
/// <param name="Blob">Size and digest, which only now may be known.</param>
/// <param name="BytesSent">All that was sent for it, including what had to be sent again.</param>
public sealed record PushedBlob(Descriptor Blob, BlobFate Fate, long BytesSent);
