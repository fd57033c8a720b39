using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>Where the writer of an archive gets blobs from: a store, or the maker of a layer that exists nowhere yet.</summary>
public interface IBlobProvider
{
    /// <summary>Writes the whole blob to <paramref name="destination"/>; size and digest are the caller's to check.</summary>
    void CopyTo(Descriptor blob, Stream destination, CancellationToken cancellationToken);
}
