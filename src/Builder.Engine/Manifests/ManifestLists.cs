using Builder.Diagnostics;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Engine.Manifests;

/// <summary>What may be said about one entry of a manifest list; null leaves it as it is.</summary>
public sealed record EntryChange
{
    public string? Os { get; init; }

    public string? Architecture { get; init; }

    public string? Variant { get; init; }

    public string? OsVersion { get; init; }

    public IReadOnlyList<string> OsFeatures { get; init; } = [];

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    internal Descriptor Apply(Descriptor entry)
    {
        var platform = entry.Platform ?? new Platform("", "");
        var changed = platform with
        {
            Os = Os ?? platform.Os,
            Architecture = Architecture ?? platform.Architecture,
            Variant = Variant ?? platform.Variant,
            OsVersion = OsVersion ?? platform.OsVersion,
            OsFeatures = OsFeatures.Count > 0 ? OsFeatures : platform.OsFeatures,
        };
        var result = changed.Os.Length > 0 || changed.Architecture.Length > 0 ? entry with { Platform = changed } : entry;
        return Annotations.Aggregate(result, (current, annotation) => current.Annotate(annotation.Key, annotation.Value));
    }
}

/// <summary>
/// Manifest lists in the making: indexes of the store, under a name, as <c>docker manifest</c> and <c>buildah manifest</c> keep
/// them. An image of a registry is taken in by its documents only; its layers stay there until the list is pushed.
/// </summary>
public sealed class ManifestLists(BuilderStore store, RegistryClient registry)
{
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadManifestList"/>: there is one already, and it is not to be amended.</exception>
    public Descriptor Create(ImageReference name, bool amend)
    {
        var before = store.Names.Resolve(name);
        if (before is not null && !amend)
        {
            throw new BuilderException(EngineErrors.BadManifestList, $"there is an image {name.Familiar} already", "choose another name, or go on with this list with --amend");
        }

        return before is not null && MediaTypes.IsIndex(before.MediaType) ? before : Save(name, new ImageIndex { MediaType = MediaTypes.OciIndex });
    }

    /// <summary>Adds an image of the store, else of its registry.</summary>
    /// <param name="image">A name; <c>docker://name</c> asks the registry.</param>
    /// <param name="all">Of an image for several platforms, all of them.</param>
    /// <returns>The entries that were added.</returns>
    public async Task<IReadOnlyList<Descriptor>> AddAsync(ImageReference list, string image, bool all, Platform? platform, EntryChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        var index = Read(list);
        var entries = await FindAsync(image, all, platform, cancellationToken);
        var added = entries.Select(change.Apply).ToArray();
        Save(list, index with { Manifests = [.. index.Manifests.Where(known => added.All(entry => entry.Digest != known.Digest)), .. added] });
        return added;
    }

    /// <summary>Changes what the list says about an entry, or about itself.</summary>
    /// <param name="entry">A digest, or the name of an image that is in the list; null for the list itself.</param>
    public void Annotate(ImageReference list, string? entry, EntryChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var index = Read(list);
        if (entry is null)
        {
            var all = new SortedDictionary<string, string>(index.Annotations?.ToDictionary() ?? [], StringComparer.Ordinal);
            foreach (var (key, value) in change.Annotations)
            {
                all[key] = value;
            }

            Save(list, index with { Annotations = all });
            return;
        }

        var digest = DigestOf(list, index, entry);
        Save(list, index with { Manifests = [.. index.Manifests.Select(known => known.Digest == digest ? change.Apply(known) : known)] });
    }

    /// <summary>Takes an entry off the list.</summary>
    public void Remove(ImageReference list, string entry)
    {
        var index = Read(list);
        var digest = DigestOf(list, index, entry);
        Save(list, index with { Manifests = [.. index.Manifests.Where(known => known.Digest != digest)] });
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadManifestList"/>.</exception>
    public ImageIndex Read(ImageReference list) => OciJson.ReadIndex(store.Content.ReadDocument(Find(list)));

    /// <summary>The index that a name stands for.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadManifestList"/>.</exception>
    public Descriptor Find(ImageReference list)
    {
        ArgumentNullException.ThrowIfNull(list);
        var found = store.Names.Resolve(list) ?? throw new BuilderException(EngineErrors.BadManifestList, $"there is no manifest list {list.Familiar}", "'builder manifest create' makes one");
        return MediaTypes.IsIndex(found.MediaType)
            ? found
            : throw new BuilderException(EngineErrors.BadManifestList, $"{list.Familiar} is one image, not a list of several", "make a list under another name and add this image to it");
    }

    private Descriptor Save(ImageReference name, ImageIndex index)
    {
        var before = store.Names.Resolve(name);
        var saved = store.Content.Put(OciJson.Write(index), MediaTypes.OciIndex);
        store.Names.Set(name, saved);
        if (before is not null && before.Digest != saved.Digest && MediaTypes.IsIndex(before.MediaType))
        {
            // An earlier state of a list is no image that anybody would look for.
            store.Names.RemoveUntagged(before.Digest);
        }

        return saved;
    }

    private Digest DigestOf(ImageReference list, ImageIndex index, string entry)
    {
        var digest = Digest.TryParse(entry, out var parsed) ? parsed
            : ImageReference.TryParse(entry, out var reference) ? reference.Digest ?? store.Names.Resolve(reference)?.Digest : null;
        return digest is { } wanted && index.Manifests.Any(known => known.Digest == wanted)
            ? wanted
            : throw new BuilderException(
                EngineErrors.BadManifestList, $"{list.Familiar} does not list {entry}", "it lists: " + string.Join(", ", index.Manifests.Select(known => $"{known.Digest} ({known.Platform})")));
    }

    private async Task<IReadOnlyList<Descriptor>> FindAsync(string image, bool all, Platform? platform, CancellationToken cancellationToken)
    {
        const string Prefix = "docker://";
        var remote = image.StartsWith(Prefix, StringComparison.Ordinal);
        var reference = ImageReference.Parse(remote ? image[Prefix.Length..] : image);
        var stored = remote ? null : store.Names.Resolve(reference) ?? (store.Names.ResolveId(image));
        var root = stored ?? await registry.FindAsync(reference, cancellationToken);
        if (!MediaTypes.IsIndex(root.MediaType))
        {
            return [await DescribeAsync(root, reference, cancellationToken)];
        }

        var index = OciJson.ReadIndex(await DocumentAsync(root, reference, cancellationToken));
        if (!all)
        {
            var chosen = index.Choose(platform ?? Platform.Host)
                ?? throw new BuilderException(EngineErrors.BadManifestList, $"no match for platform in manifest: {image} has nothing for {platform ?? Platform.Host}", "add all of it with --all");
            return [await DescribeAsync(chosen, reference, cancellationToken)];
        }

        var entries = new List<Descriptor>();
        foreach (var entry in index.Manifests)
        {
            entries.Add(await DescribeAsync(entry, reference, cancellationToken));
        }

        return entries;
    }

    /// <summary>An entry for an image: its platform is what its config says, and its documents are in the store.</summary>
    private async Task<Descriptor> DescribeAsync(Descriptor image, ImageReference reference, CancellationToken cancellationToken)
    {
        var manifest = OciJson.ReadManifest(await DocumentAsync(image, reference, cancellationToken));
        if (!MediaTypes.IsConfig(manifest.Config.MediaType))
        {
            return image;
        }

        var config = OciJson.ReadConfig(await DocumentAsync(manifest.Config, reference, cancellationToken));
        foreach (var layer in manifest.Layers.Where(layer => !store.Content.Contains(layer.Digest) && !store.Layers.Contains(new DiffId(layer.Digest))))
        {
            store.Transfers.RememberPlace(layer.Digest, reference.Repository);
        }

        return image with { Platform = image.Platform ?? config.Platform };
    }

    private async Task<byte[]> DocumentAsync(Descriptor document, ImageReference reference, CancellationToken cancellationToken)
    {
        if (store.Content.Contains(document.Digest))
        {
            return store.Content.ReadDocument(document);
        }

        var content = await registry.FetchDocumentAsync(reference, document, cancellationToken);
        store.Content.Put(content, document.MediaType);
        return content;
    }
}
