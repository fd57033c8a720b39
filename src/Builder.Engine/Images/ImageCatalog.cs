using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Names;

namespace Builder.Engine.Images;

/// <summary>An image of the store with its documents.</summary>
/// <param name="Target">What the name stands for: a manifest, or an index of several.</param>
/// <param name="Names">All its names in this store.</param>
public sealed record StoredImage(Descriptor Target, IReadOnlyList<ImageReference> Names, Descriptor ManifestDescriptor, ImageManifest Manifest, ImageConfig Config)
{
    /// <summary>By which digests the repositories of its names know it, where that is another than the target's: of an index, when only this image of it was pulled.</summary>
    public IReadOnlyDictionary<ImageReference, Digest> RepositoryDigests { get; init; } = new Dictionary<ImageReference, Digest>();

    /// <summary>Docker's image id.</summary>
    public Digest Id => Manifest.Config.Digest;

    /// <summary>The layers' sizes as they are stored, in bytes.</summary>
    public long Size => Manifest.Layers.Sum(layer => layer.Size);

    /// <summary>What <c>name@digest</c> asks the registry for: Docker's RepoDigests.</summary>
    public Digest RepositoryDigest(ImageReference? name) => name is not null && RepositoryDigests.TryGetValue(name, out var digest) ? digest : Target.Digest;
}

/// <summary>What is in the store, by name.</summary>
public sealed class ImageCatalog(BuilderStore store)
{
    /// <summary>
    /// Every image, named ones first, sorted by name; of an index, the manifest for this machine. One with a damaged document
    /// is named in a warning and left out.
    /// </summary>
    public IReadOnlyList<StoredImage> List() =>
        [.. store.Names.List()
            .GroupBy(named => named.Target.Digest)
            .Select(TryRead)
            .OfType<StoredImage>()
            .OrderBy(image => image.Names.Count == 0)
            .ThenBy(image => image.Names.Count == 0 ? image.Id.ToString() : image.Names[0].ToString(), StringComparer.Ordinal)];

    /// <summary>The images that an index lists and the store has; a single one as it is.</summary>
    public IReadOnlyList<StoredImage> Platforms(StoredImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return MediaTypes.IsIndex(image.Target.MediaType)
            ? [.. OciJson.ReadIndex(store.Content.ReadDocument(image.Target)).Manifests
                .Where(entry => MediaTypes.IsManifest(entry.MediaType) && entry.Platform?.IsUnknown != true && store.Content.Contains(entry.Digest))
                .Select(entry => Read(entry, image.Names)! with { Target = image.Target, RepositoryDigests = image.RepositoryDigests })]
            : [image];
    }

    /// <summary>An image by name, or by the beginning of its id; of an index, the one for this platform.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.NoSuchImage"/>.</exception>
    public StoredImage Get(string nameOrId, Platform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        return Platforms(Get(nameOrId))
            .Select(image => (Image: image, Rank: platform.Rank(image.Config.Platform)))
            .Where(image => image.Rank is not null)
            .OrderBy(image => image.Rank)
            .Select(image => image.Image)
            .FirstOrDefault() ?? throw new BuilderException(EngineErrors.NoSuchImage, $"the image {nameOrId} is not here for {platform}");
    }

    /// <summary>An image by name, or by the beginning of its id.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.NoSuchImage"/>.</exception>
    public StoredImage Get(string nameOrId)
    {
        ArgumentNullException.ThrowIfNull(nameOrId);
        var target = (ImageReference.TryParse(nameOrId, out var reference) ? store.Names.Resolve(reference) ?? ByDigest(reference) : null) ?? store.Names.ResolveId(nameOrId);
        return (target is null ? null : ReadWithNames(target)) ?? throw NotFound(nameOrId);
    }

    /// <summary>What was pulled by a tag, called by its digest.</summary>
    private Descriptor? ByDigest(ImageReference reference) =>
        reference.Digest is null ? null : store.Names.List().FirstOrDefault(named => named.Reference?.Repository == reference.Repository && named.RepositoryDigest == reference.Digest)?.Target;

    private StoredImage? ReadWithNames(Descriptor target)
    {
        NamedImage[] named = [.. store.Names.List().Where(image => image.Target.Digest == target.Digest)];
        return named.Length == 0 ? Read(target, []) : Read(named);
    }

    /// <summary>An image with all of its names.</summary>
    /// <summary>The images behind a manifest or an index that need not have a name.</summary>
    public IReadOnlyList<StoredImage> OfManifest(Descriptor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Read(target, []) is { } image ? Platforms(image) : [];
    }

    private StoredImage? Read(IEnumerable<NamedImage> sameTarget)
    {
        NamedImage[] named = [.. sameTarget];
        var digests = named.Where(image => image.Reference is not null).ToDictionary(image => image.Reference!, image => image.RepositoryDigest);
        return Read(named[0].Target, [.. digests.Keys.OrderBy(name => name.ToString(), StringComparer.Ordinal)]) is { } image ? image with { RepositoryDigests = digests } : null;
    }

    private StoredImage? TryRead(IGrouping<Digest, NamedImage> image)
    {
        try
        {
            return Read(image);
        }
        catch (BuilderException e)
        {
            store.Warn($"image {image.First().Reference?.Familiar ?? image.Key.Short} cannot be shown: {e.Message}; pull, load or build it again");
            return null;
        }
    }

    private StoredImage? Read(Descriptor target, IReadOnlyList<ImageReference> names)
    {
        if (!store.Content.Contains(target.Digest))
        {
            return null;
        }

        var manifest = MediaTypes.IsIndex(target.MediaType) ? ChooseManifest(OciJson.ReadIndex(store.Content.ReadDocument(target))) : target;
        if (manifest is null || !store.Content.Contains(manifest.Digest))
        {
            return null;
        }

        var document = OciJson.ReadManifest(store.Content.ReadDocument(manifest));
        if (!MediaTypes.IsConfig(document.Config.MediaType) || !store.Content.Contains(document.Config.Digest))
        {
            return null;
        }

        return new StoredImage(target, names, manifest, document, OciJson.ReadConfig(store.Content.ReadDocument(document.Config)));
    }

    /// <summary>For this machine, or else any that is here.</summary>
    private Descriptor? ChooseManifest(ImageIndex index) =>
        index.Choose(Platform.Host) is { } host && store.Content.Contains(host.Digest)
            ? host
            : index.Manifests.FirstOrDefault(entry => MediaTypes.IsManifest(entry.MediaType) && store.Content.Contains(entry.Digest));

    private BuilderException NotFound(string nameOrId)
    {
        var known = store.Names.List().Select(named => named.Reference?.Familiar).OfType<string>();
        return new BuilderException(
            EngineErrors.NoSuchImage,
            $"no such image: {nameOrId}",
            Suggestions.Nearest(nameOrId, known) is { } near ? $"did you mean {near}?" : "'builder images' lists what there is");
    }
}
