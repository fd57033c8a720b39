using System.Collections.Concurrent;
using Builder.Diagnostics;
using Builder.Graph.Compilation;
using Builder.Oci;
using Builder.Registry;

namespace Builder.Engine.Inspection;

/// <summary>
/// Base images for those who only ask: one whose registry cannot be reached is taken for an image that nothing is known about,
/// so that a file can be checked where there is no network or nobody is logged in.
/// </summary>
internal sealed class LenientImages(IImageResolver images) : IImageResolver
{
    private static readonly ErrorCode[] Unreachable =
    [
        RegistryErrors.Unreachable, RegistryErrors.UnknownHost, RegistryErrors.Tls, RegistryErrors.NotARegistry, RegistryErrors.Unauthorized,
        RegistryErrors.Denied, RegistryErrors.TooManyRequests, RegistryErrors.Failed, RegistryErrors.RefusedRedirect, RegistryErrors.Token, RegistryErrors.ConnectionLost,
    ];

    private readonly ConcurrentDictionary<string, BuilderException> unseen = new(StringComparer.Ordinal);

    /// <summary>The images that nobody could look at, each with the reason.</summary>
    public IReadOnlyList<UnseenImage> Unseen =>
        [.. unseen.OrderBy(image => image.Key, StringComparer.Ordinal).Select(image => new UnseenImage(image.Key, image.Value))];

    public async Task<ResolvedBase> ResolveAsync(ImageReference reference, Platform platform, SourceSpan? span, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        try
        {
            return await images.ResolveAsync(reference, platform, span, cancellationToken);
        }
        catch (BuilderException e) when (Unreachable.Contains(e.Code))
        {
            unseen[reference.Familiar] = e;
            return MadeUp(reference, platform);
        }
    }

    public Task<ResolvedBase> ResolveAsync(LayoutContext layout, Platform platform, SourceSpan? span, CancellationToken cancellationToken) =>
        images.ResolveAsync(layout, platform, span, cancellationToken);

    private static ResolvedBase MadeUp(ImageReference reference, Platform platform)
    {
        var config = new ImageConfig { Architecture = platform.Architecture, Os = platform.Os, Variant = platform.Variant, RootFs = new RootFs() };
        var digest = Digest.OfText(reference.ToString());
        var manifest = new ImageManifest { Config = new Descriptor(MediaTypes.OciConfig, digest, 0) };
        return new ResolvedBase(reference, digest, manifest, config) { IsUnseen = true };
    }
}

/// <summary>A base image that could not be looked at.</summary>
public sealed record UnseenImage(string Name, BuilderException Reason);
