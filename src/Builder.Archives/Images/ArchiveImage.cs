using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>An image to be written: its manifest, or an index of several, and what it is called.</summary>
public sealed record ArchiveImage(Descriptor Manifest, IReadOnlyList<ImageReference> Names);

public enum ImageArchiveFormat
{
    /// <summary>An OCI layout with docker's <c>manifest.json</c> beside: every known tool loads it.</summary>
    DockerAndOci,

    /// <summary>An OCI layout.</summary>
    OciOnly,
}

/// <param name="DockerPlatform">
/// Of an image for several platforms, the one that gets the names in <c>manifest.json</c>; null is the first.
/// </param>
public sealed record ImageArchiveOptions(ImageArchiveFormat Format = ImageArchiveFormat.DockerAndOci, Platform? DockerPlatform = null);

/// <summary>An image that was read, all of its blobs now in the sink.</summary>
/// <param name="Manifest">Of an image manifest, or of an index, whose children may be absent as long as one image is whole.</param>
/// <param name="Content">The manifest's bytes.</param>
/// <param name="Names">What the archive calls it.</param>
/// <param name="RefName">
/// <c>org.opencontainers.image.ref.name</c> as it stands; often a bare tag, which is no name of an image.
/// </param>
public sealed record LoadedImage(Descriptor Manifest, ReadOnlyMemory<byte> Content, IReadOnlyList<ImageReference> Names, string? RefName);
