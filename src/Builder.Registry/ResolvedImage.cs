using Builder.Oci;

namespace Builder.Registry;

/// <summary>An image for one platform, found in a registry; every document's digest has been checked.</summary>
/// <param name="Reference">What was asked for.</param>
/// <param name="Descriptor">The chosen manifest; its <see cref="Descriptor.Platform"/> is set when an index said so.</param>
/// <param name="Document">The manifest's bytes as the registry stores them.</param>
/// <param name="Manifest">The same, read.</param>
public sealed record ResolvedImage(ImageReference Reference, Descriptor Descriptor, byte[] Document, ImageManifest Manifest)
{
    /// <summary>The index that the reference names, when it names one; null for a single manifest.</summary>
    public Descriptor? Index { get; init; }

    /// <summary>The digest that the reference stands for: what <c>image@digest</c> pins and <c>RepoDigests</c> shows.</summary>
    public Digest RepositoryDigest => (Index ?? Descriptor).Digest;
}
