using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>Where the reader of an archive puts blobs: a content-addressed store.</summary>
public interface IBlobSink
{
    /// <summary>Reads <paramref name="content"/> to its end, keeps it, and returns its digest. The same content twice is no error.</summary>
    Digest Put(Stream content, CancellationToken cancellationToken);
}
