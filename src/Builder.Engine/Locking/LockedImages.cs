using Builder.Diagnostics;
using Builder.Graph.Compilation;
using Builder.Oci;

namespace Builder.Engine.Locking;

/// <summary>Base images as the lock file has them: names mean the digests that they meant when they were locked.</summary>
internal sealed class LockedImages(IImageResolver images, LockFile file) : IImageResolver
{
    public async Task<ResolvedBase> ResolveAsync(ImageReference reference, Platform platform, SourceSpan? span, CancellationToken cancellationToken)
    {
        var locked = LockFile.Require(file.Images, LockFile.KeyOf(reference, platform), span);
        if (!Digest.TryParse(locked, out var digest))
        {
            throw new BuilderException(EngineErrors.BadLock, $"the lock file says '{locked}' of {reference.Familiar}, which is no digest", span: span);
        }

        ResolvedBase found;
        try
        {
            found = await images.ResolveAsync(reference with { Digest = digest }, platform, span, cancellationToken);
        }
        catch (BuilderException e)
        {
            // It is perhaps only here, under its name.
            found = await ByNameAsync(reference, platform, span, e, cancellationToken);
        }

        return found.ManifestDigest == digest ? found with { Reference = reference } : throw Moved(reference, digest, $"it is {found.ManifestDigest}", span, null);
    }

    public Task<ResolvedBase> ResolveAsync(LayoutContext layout, Platform platform, SourceSpan? span, CancellationToken cancellationToken) =>
        images.ResolveAsync(layout, platform, span, cancellationToken);

    private async Task<ResolvedBase> ByNameAsync(ImageReference reference, Platform platform, SourceSpan? span, BuilderException first, CancellationToken cancellationToken)
    {
        try
        {
            return await images.ResolveAsync(reference, platform, span, cancellationToken);
        }
        catch (BuilderException)
        {
            throw Moved(reference, Digest.Parse(LockFile.Require(file.Images, LockFile.KeyOf(reference, platform), span)), first.Message, span, first);
        }
    }

    private static BuilderException Moved(ImageReference reference, Digest locked, string why, SourceSpan? span, Exception? inner) => new(
        EngineErrors.LockDrift, $"{reference.Familiar} is locked to {locked}, which cannot be had: {why}", "'builder lock verify' tells all that has changed, 'builder lock update' takes it as it is now", span, inner);
}
