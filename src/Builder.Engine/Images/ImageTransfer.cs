using Builder.Archives;
using Builder.Archives.Images;
using Builder.Diagnostics;
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
    /// <param name="request">What kind of archive, of which platform, in which form.</param>
    public async Task SaveAsync(
        IReadOnlyList<(StoredImage Image, ImageReference? Name)> images, SaveRequest request, Action<Action<Stream>> output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(output);
        var archived = new List<ArchiveImage>();
        foreach (var group in images.GroupBy(entry => entry.Image.Target.Digest))
        {
            var manifest = request.Platform is null ? group.First().Image.Target : ForPlatform(group.First().Image, request.Platform);
            archived.Add(new ArchiveImage(
                await new ImageConverter(store).ConvertAsync(manifest, request.EffectiveForm, cancellationToken),
                [.. group.SelectMany(entry => entry.Name is { } name ? [name] : entry.Image.Names).Distinct()]));
        }

        var blobs = new StoreBlobs(store);
        switch (request.Format)
        {
            case SaveFormat.OciFolder:
                LayoutFolderWriter.Write(archived, blobs, request.Folder!, cancellationToken);
                break;
            case SaveFormat.DockerOld:
                output(stream => LegacyArchiveWriter.Write(archived, blobs, stream, cancellationToken));
                break;
            default:
                var options = new ImageArchiveOptions(request.Format == SaveFormat.Docker ? ImageArchiveFormat.DockerAndOci : ImageArchiveFormat.OciOnly, request.Platform);
                output(stream => ImageArchiveWriter.Write(archived, blobs, stream, options, cancellationToken));
                break;
        }
    }

    private Descriptor ForPlatform(StoredImage image, Platform platform)
    {
        var chosen = MediaTypes.IsIndex(image.Target.MediaType)
            ? OciJson.ReadIndex(store.Content.ReadDocument(image.Target)).Choose(platform)
            : platform.Rank(image.Config.Platform) is not null ? image.Target : null;
        return chosen is not null && store.Content.Contains(chosen.Digest)
            ? chosen
            : throw new BuilderException(EngineErrors.NoSuchImage, $"the store has no {platform} of {(image.Names.Count > 0 ? image.Names[0].Familiar : image.Id.Short)}");
    }

    /// <summary>Takes in every image of an OCI layout in a folder, as of an archive of it.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadLayout"/> and those of an archive.</exception>
    public IReadOnlyList<LoadedName> LoadFolder(string folder, CancellationToken cancellationToken)
    {
        using var pipe = new StreamPipe();
        _ = pipe.FillAsync(tar => new LayoutTar(new LayoutFolder(folder)).Write(tar, cancellationToken), cancellationToken);
        return Load(pipe.Reader, cancellationToken);
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
