using Builder.Archives.Images;
using Builder.Diagnostics;
using Builder.Engine.Exporters;
using Builder.Oci;
using Builder.Registry.Push;
using Builder.Storage;

namespace Builder.Engine.Transports;

/// <summary>Image archives, docker's and OCI's. They pass through the store, which checks every piece; there they have no name.</summary>
public static class ArchiveSource
{
    /// <param name="name">A name or a tag; null for the only image.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadTransport"/> and those of the archive's reader.</exception>
    public static IImageSource Open(BuilderStore store, string path, string? name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        IReadOnlyList<LoadedImage> images;
        try
        {
            using var archive = File.OpenRead(path);
            images = ImageArchiveReader.Read(archive, new StoreSink(store), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadTransport, $"the archive {path} cannot be read", inner: e);
        }

        var chosen = name is null
            ? images.DistinctBy(image => image.Manifest.Digest).Count() == 1 ? images[0] : null
            : images.FirstOrDefault(image => image.RefName == name || image.Names.Any(known => known.ToString() == name || known.Familiar == name || known.Tag == name));
        return chosen is not null
            ? new StoreSource(store, chosen.Manifest)
            : throw new BuilderException(
                EngineErrors.BadTransport,
                name is null ? $"the archive {path} does not hold exactly one image" : $"the archive {path} holds no image '{name}'",
                "it holds: " + string.Join(", ", images.SelectMany(image => image.Names.Select(known => known.Familiar).DefaultIfEmpty(image.RefName ?? image.Manifest.Digest.ToString()))));
    }

    private sealed class StoreSink(BuilderStore store) : IBlobSink
    {
        public Digest Put(Stream content, CancellationToken cancellationToken)
        {
            using var writer = store.Content.CreateWriter();
            content.CopyTo(writer, 128 * 1024);
            cancellationToken.ThrowIfCancellationRequested();
            return writer.Commit().Digest;
        }
    }
}

/// <summary>An archive to be written, once everything has passed through the store.</summary>
public sealed class ArchiveTarget(BuilderStore store, string path, ImageReference? name, ImageArchiveFormat format, Func<Stream> stdout) : IImageTarget
{
    private readonly StoreTarget store = new(store, null);
    private readonly StoreBlobs blobs = new(store);

    public Task<bool> HasAsync(Descriptor document, CancellationToken cancellationToken) => store.HasAsync(document, cancellationToken);

    public Task<PushedBlob> PutBlobAsync(BlobSource blob, ImageReference? mountFrom, Action<long>? progress, CancellationToken cancellationToken) =>
        store.PutBlobAsync(blob, mountFrom, progress, cancellationToken);

    public async Task<bool> PutDocumentAsync(Descriptor document, byte[] content, bool isRoot, CancellationToken cancellationToken)
    {
        await store.PutDocumentAsync(document, content, isRoot, cancellationToken);
        return true;
    }

    public Task CompleteAsync(Descriptor root, CancellationToken cancellationToken)
    {
        var image = new ArchiveImage(root, name is null ? [] : [name]);
        OutputFile.Write(path, stdout, stream => ImageArchiveWriter.Write([image], blobs, stream, new ImageArchiveOptions(format), cancellationToken));
        return Task.CompletedTask;
    }
}
