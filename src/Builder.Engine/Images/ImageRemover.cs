using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Garbage;

namespace Builder.Engine.Images;

/// <param name="Deleted">The ids of the images that have no name left.</param>
public sealed record RemovedImage(IReadOnlyList<ImageReference> Untagged, IReadOnlyList<Digest> Deleted);

/// <summary>Takes images out of the store by Docker's rules: a name goes, and with its last name the image.</summary>
public sealed class ImageRemover(BuilderStore store)
{
    /// <param name="force">All names of an image that is given by id; an image that is in use loses its names too.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.NoSuchImage"/>, <see cref="StorageErrors.ImageInUse"/>.</exception>
    public RemovedImage Remove(string nameOrId, bool force)
    {
        ArgumentNullException.ThrowIfNull(nameOrId);
        var image = new ImageCatalog(store).Get(nameOrId);
        var byName = ImageReference.TryParse(nameOrId, out var reference) && image.Names.Contains(reference) ? reference : null;
        if (byName is not null && image.Names.Count > 1)
        {
            store.Names.Remove(byName);
            return new RemovedImage([byName], []);
        }

        if (byName is null && !force && image.Names.Select(name => name with { Tag = null, Digest = null }).Distinct().Count() > 1)
        {
            throw new BuilderException(
                StorageErrors.ImageInUse,
                $"conflict: unable to delete {image.Id.Short} (must be forced): the image has names in several repositories",
                "give the name to remove, or -f to remove all of them");
        }

        if (!force && store.Containers.List().FirstOrDefault(container => container.Record.ImageId == image.Id) is { } container)
        {
            throw new BuilderException(
                StorageErrors.ImageInUse,
                $"conflict: unable to delete {nameOrId} (must be forced): the container {container.Name} is using the image {image.Id.Short}",
                $"remove the container with 'builder rm {container.Name}', or take the name away with -f");
        }

        // What a running container or build has of it stays until that has ended, whatever happens to the names.
        if (!force && store.IsUsedByOthers(image.ManifestDescriptor))
        {
            throw new BuilderException(
                StorageErrors.ImageInUse,
                $"conflict: unable to delete {nameOrId} (must be forced): a running container or build is using the image {image.Id.Short}",
                "wait until it has ended, or take the name away with -f");
        }

        foreach (var name in image.Names)
        {
            store.Names.Remove(name);
        }

        store.Names.RemoveUntagged(image.Target.Digest);
        return new RemovedImage(image.Names, [image.Id]);
    }

    /// <summary>Removes what the images have left behind and nobody else needs.</summary>
    public GarbageReport CollectGarbage(CancellationToken cancellationToken) => store.CollectGarbage(PrunePolicy.GarbageOnly, cancellationToken);
}
