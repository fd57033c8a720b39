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
    /// <summary>Docker's image id.</summary>
    public Digest Id => Manifest.Config.Digest;

    /// <summary>The layers' sizes as they are stored, in bytes.</summary>
    public long Size => Manifest.Layers.Sum(layer => layer.Size);
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
            .Select(group => TryRead(group.First().Target, NamesIn(group)))
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
                .Select(entry => Read(entry, image.Names)! with { Target = image.Target })]
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
        var target = (ImageReference.TryParse(nameOrId, out var reference) ? store.Names.Resolve(reference) : null) ?? store.Names.ResolveId(nameOrId);
        var image = target is null ? null : Read(target, NamesIn(store.Names.List().Where(named => named.Target.Digest == target.Digest)));
        return image ?? throw NotFound(nameOrId);
    }

    private static IReadOnlyList<ImageReference> NamesIn(IEnumerable<NamedImage> images) =>
        [.. images.Select(named => named.Reference).OfType<ImageReference>().OrderBy(name => name.ToString(), StringComparer.Ordinal)];

    private StoredImage? TryRead(Descriptor target, IReadOnlyList<ImageReference> names)
    {
        try
        {
            return Read(target, names);
        }
        catch (BuilderException e)
        {
            store.Warn($"image {(names.Count > 0 ? names[0].Familiar : target.Digest.Short)} cannot be shown: {e.Message}; pull, load or build it again");
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
