using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>Lets a blob through and refuses it when it is not the one that its descriptor promises.</summary>
internal sealed class BlobStream : WriteOnlyStream
{
    private readonly Descriptor descriptor;
    private readonly HashingStream hashing;

    /// <param name="destination">Stays open.</param>
    public BlobStream(Descriptor descriptor, Stream destination)
    {
        this.descriptor = descriptor;
        hashing = new HashingStream(destination);
    }

    /// <summary>Runs <paramref name="provider"/> through the check.</summary>
    public static void Copy(IBlobProvider provider, Descriptor descriptor, Stream destination, CancellationToken cancellationToken)
    {
        using var stream = new BlobStream(descriptor, destination);
        provider.CopyTo(descriptor, stream, cancellationToken);
        stream.Verify();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > descriptor.Size - hashing.Count)
        {
            throw Mismatch($"is longer than the {descriptor.Size} bytes that its descriptor says");
        }

        hashing.Write(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        hashing.Dispose();
        base.Dispose(disposing);
    }

    private void Verify()
    {
        if (hashing.Count != descriptor.Size)
        {
            throw Mismatch($"has {hashing.Count} bytes, its descriptor says {descriptor.Size}");
        }

        if (hashing.Finish() is var actual && actual != descriptor.Digest)
        {
            throw Mismatch($"hashes to {actual}");
        }
    }

    private BuilderException Mismatch(string how) => new(ArchiveErrors.ContentMismatch, $"the blob {descriptor.Digest} {how}");
}
