using Builder.Oci;

namespace Builder.Engine.Images;

/// <summary>An image that a build starts from or copies out of: its documents are at hand, its layers may still be elsewhere.</summary>
/// <param name="Descriptor">Of the manifest.</param>
/// <param name="Name">What the store should call it once its layers are there; null for what has a name there, or shall have none.</param>
/// <param name="OpenBlobAsync">Opens one of its blobs where it was found; what comes is not verified.</param>
internal sealed record BaseImage(
    Descriptor Descriptor,
    ImageManifest Manifest,
    ImageConfig Config,
    ImageReference? Name,
    Func<Descriptor, CancellationToken, Task<Stream>> OpenBlobAsync);
