using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>Finds out what an image reference means now. Called from several threads at once.</summary>
public interface IImageResolver
{
    /// <param name="span">The FROM, COPY or RUN that names it.</param>
    /// <exception cref="BuilderException">There is no such image, or none for the platform.</exception>
    Task<ResolvedBase> ResolveAsync(ImageReference reference, Platform platform, SourceSpan? span, CancellationToken cancellationToken);

    /// <summary>The same for an image in an OCI layout.</summary>
    Task<ResolvedBase> ResolveAsync(LayoutContext layout, Platform platform, SourceSpan? span, CancellationToken cancellationToken);
}

/// <summary>An image, pinned: its manifest and config are at hand, its layers need not be.</summary>
/// <param name="Reference">Where to get it; for a layout a name to show.</param>
/// <param name="ManifestDigest">The digest of the manifest for the platform, never of an index.</param>
public sealed record ResolvedBase(ImageReference Reference, Digest ManifestDigest, ImageManifest Manifest, ImageConfig Config)
{
    /// <summary>The OCI layout that it was found in; null: the store or a registry.</summary>
    public string? LayoutPath { get; init; }

    /// <summary>Nobody could look at it: the config is made up. Only checks may go on with such a base.</summary>
    public bool IsUnseen { get; init; }
}
