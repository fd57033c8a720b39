using Builder.Archives.Images;
using Builder.Oci;

namespace Builder.Archives.Tests.Images;

/// <summary>A content store in memory.</summary>
internal sealed class MemoryBlobs : IBlobSink, IBlobProvider
{
    private readonly Dictionary<Digest, byte[]> blobs = [];

    public IEnumerable<Digest> Digests => blobs.Keys;

    public byte[] this[Digest digest]
    {
        get => blobs[digest];
        set => blobs[digest] = value;
    }

    public bool Has(Digest digest) => blobs.ContainsKey(digest);

    public Descriptor Add(string mediaType, byte[] content)
    {
        var digest = Digest.Of(content);
        blobs[digest] = content;
        return new Descriptor(mediaType, digest, content.Length);
    }

    public Digest Put(Stream content, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        content.CopyTo(memory);
        return Add("", memory.ToArray()).Digest;
    }

    public void CopyTo(Descriptor blob, Stream destination, CancellationToken cancellationToken) => destination.Write(blobs[blob.Digest]);
}
