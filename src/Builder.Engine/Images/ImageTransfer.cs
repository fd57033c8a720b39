using Builder.Archives.Images;
using Builder.Engine.Exporters;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Images;

/// <summary>What one image of an archive became in the store.</summary>
public sealed record LoadedName(Descriptor Manifest, Digest Id, IReadOnlyList<ImageReference> Names);

/// <summary>Images between the store and archives.</summary>
public sealed class ImageTransfer(BuilderStore store)
{
    /// <summary>Writes images as one archive.</summary>
    /// <param name="images">The archive has the names that are given, and all names of an image that is given by id.</param>
    public void Save(IReadOnlyList<(StoredImage Image, ImageReference? Name)> images, Stream destination, ImageArchiveFormat format, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);
        var archived = images
            .GroupBy(entry => entry.Image.Target.Digest)
            .Select(group => new ArchiveImage(
                group.First().Image.Target,
                [.. group.SelectMany(entry => entry.Name is { } name ? [name] : entry.Image.Names).Distinct()]))
            .ToArray();
        ImageArchiveWriter.Write(archived, new StoreBlobs(store), destination, new ImageArchiveOptions(format), cancellationToken);
    }

    /// <summary>Takes in every image of a docker or OCI archive; nothing gets a name before all of it has been read and checked.</summary>
    public IReadOnlyList<LoadedName> Load(Stream archive, CancellationToken cancellationToken)
    {
        var loaded = new List<LoadedName>();
        foreach (var image in ImageArchiveReader.Read(archive, new StoreSink(store), cancellationToken))
        {
            if (image.Names.Count == 0)
            {
                store.Names.Keep(image.Manifest);
            }

            foreach (var name in image.Names)
            {
                store.Names.Set(name, image.Manifest);
            }

            loaded.Add(new LoadedName(image.Manifest, IdOf(image), image.Names));
        }

        return loaded;
    }

    private static Digest IdOf(LoadedImage image) =>
        MediaTypes.IsIndex(image.Manifest.MediaType) ? image.Manifest.Digest : OciJson.ReadManifest(image.Content.Span).Config.Digest;

    private sealed class StoreSink(BuilderStore store) : IBlobSink
    {
        public Digest Put(Stream content, CancellationToken cancellationToken)
        {
            using var writer = store.Content.CreateWriter();
            var buffer = new byte[128 * 1024];
            for (int count; (count = content.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                writer.Write(buffer.AsSpan(0, count));
            }

            return writer.Commit().Digest;
        }
    }
}
