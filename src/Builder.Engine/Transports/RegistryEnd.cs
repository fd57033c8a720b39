using Builder.Engine.Pushing;
using Builder.Oci;
using Builder.Registry;
using Builder.Registry.Push;
using Builder.Storage;

namespace Builder.Engine.Transports;

/// <summary>An image in a registry.</summary>
public sealed class RegistrySource(RegistryClient registry, ImageReference reference) : IImageSource
{
    public ImageReference Repository { get; } = reference with { Tag = null, Digest = null };

    ImageReference? IImageSource.Repository => Repository;

    public async Task<Descriptor> ResolveAsync(Platform? platform, CancellationToken cancellationToken) =>
        platform is null
            ? await registry.FindAsync(reference, cancellationToken)
            : (await registry.ResolveAsync(reference, platform, cancellationToken)).Descriptor with { Platform = null };

    public Task<byte[]> ReadAsync(Descriptor document, CancellationToken cancellationToken) =>
        registry.FetchDocumentAsync(Repository, document, cancellationToken);

    public BlobSource Blob(Descriptor blob) => new RemoteBlob(registry, Repository, blob);

    public Task<IReadOnlyList<Descriptor>> ReferrersAsync(Descriptor subject, CancellationToken cancellationToken) =>
        registry.ListReferrersAsync(Repository with { Digest = subject.Digest }, null, cancellationToken);

    private sealed class RemoteBlob(RegistryClient registry, ImageReference repository, Descriptor blob) : BlobSource
    {
        public override Descriptor Descriptor => blob;

        public override async Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken) =>
            await Skipping.OpenAsync(await registry.OpenBlobAsync(repository, blob, null, cancellationToken), offset, cancellationToken);
    }
}

/// <summary>A repository and a tag of a registry.</summary>
/// <param name="memory">Told where blobs are now.</param>
public sealed class RegistryTarget(RegistryClient registry, ImageReference reference, BuilderStore? memory) : IImageTarget
{
    private readonly ImageReference repository = reference with { Tag = null, Digest = null };

    public async Task<bool> HasAsync(Descriptor document, CancellationToken cancellationToken) =>
        await registry.PeekAsync(repository with { Digest = document.Digest }, cancellationToken) == document.Digest;

    public async Task<PushedBlob> PutBlobAsync(BlobSource blob, ImageReference? mountFrom, Action<long>? progress, CancellationToken cancellationToken)
    {
        var from = mountFrom?.Domain == repository.Domain && mountFrom.Path != repository.Path ? mountFrom.Path : null;
        var pushed = await registry.PushBlobAsync(repository, blob, from, progress, cancellationToken);
        memory?.Transfers.RememberPlace(pushed.Blob.Digest, repository.Repository);
        return pushed;
    }

    public async Task<bool> PutDocumentAsync(Descriptor document, byte[] content, bool isRoot, CancellationToken cancellationToken)
    {
        var name = isRoot && reference.Tag is not null ? reference with { Digest = null } : repository with { Digest = document.Digest };
        if (await registry.PeekAsync(name, cancellationToken) == document.Digest)
        {
            return false;
        }

        var isListed = await registry.PutManifestAsync(name, document.MediaType, content, cancellationToken);
        if (!isListed && MediaTypes.IsManifest(document.MediaType) && OciJson.ReadManifest(content) is { Subject: { } subject } manifest)
        {
            var entry = document with { ArtifactType = manifest.ArtifactType ?? manifest.Config.MediaType, Annotations = manifest.Annotations };
            await registry.AddToReferrersTagAsync(repository, subject.Digest, entry, cancellationToken);
        }

        return true;
    }

    public Task CompleteAsync(Descriptor root, CancellationToken cancellationToken) => Task.CompletedTask;
}
