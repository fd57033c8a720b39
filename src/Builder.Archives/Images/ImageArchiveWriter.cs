using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>
/// Writes images as one tar that every tool loads: an OCI layout, with docker's <c>manifest.json</c> pointing into the same
/// blobs. The documents come first and the blobs in the order in which they are needed, so that a reader can act while it
/// reads. The bytes depend on the images alone: no time, no owner, one order.
/// </summary>
public static class ImageArchiveWriter
{
    private const uint FileMode = 0x124; // 0444
    private const uint DirectoryMode = 0x1ED; // 0755

    /// <param name="destination">Stays open.</param>
    /// <exception cref="BuilderException">
    /// <see cref="ArchiveErrors.ContentMismatch"/>: <paramref name="blobs"/> gave something else than a descriptor promises.
    /// </exception>
    public static void Write(
        IReadOnlyList<ArchiveImage> images,
        IBlobProvider blobs,
        Stream destination,
        ImageArchiveOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(blobs);
        options ??= new ImageArchiveOptions();

        var contents = new ImageContents(descriptor => ReadDocument(descriptor, blobs, cancellationToken));
        var docker = new DockerManifest(options.DockerPlatform);
        foreach (var image in images)
        {
            docker.Add(image, contents.Add(image.Manifest));
        }

        using var tar = new TarWriter(destination);
        WriteFile(tar, OciLayout.FileName, OciJson.Write(OciLayout.Current));
        WriteFile(tar, OciLayout.IndexFileName, OciJson.Write(Index(images)));
        if (options.Format == ImageArchiveFormat.DockerAndOci)
        {
            WriteFile(tar, DockerArchiveEntry.FileName, OciJson.Write(docker.Entries));
        }

        tar.WriteEntry(Entry("blobs", TarEntryKind.Directory, DirectoryMode));
        tar.WriteEntry(Entry("blobs/" + Digest.Algorithm, TarEntryKind.Directory, DirectoryMode));
        using var content = new TarContentWriter(tar);
        foreach (var blob in contents.Blobs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tar.WriteEntry(Entry(OciLayout.BlobPath(blob.Digest), TarEntryKind.File, FileMode, blob.Size));
            if (contents.Document(blob.Digest) is { } document)
            {
                tar.Write(document);
            }
            else
            {
                BlobStream.Copy(blobs, blob, content, cancellationToken);
            }
        }

        tar.Finish();
    }

    private static ImageIndex Index(IReadOnlyList<ArchiveImage> images) => new()
    {
        MediaType = MediaTypes.OciIndex,
        Manifests = [.. images.SelectMany(LayoutIndex.Entries)],
    };

    private static byte[] ReadDocument(Descriptor descriptor, IBlobProvider blobs, CancellationToken cancellationToken)
    {
        if (descriptor.Size > OciJson.MaxDocumentSize)
        {
            throw new BuilderException(ArchiveErrors.LimitExceeded, $"the manifest {descriptor.Digest} has {descriptor.Size} bytes, more than the {OciJson.MaxDocumentSize} allowed");
        }

        using var memory = new MemoryStream();
        BlobStream.Copy(blobs, descriptor, memory, cancellationToken);
        return memory.ToArray();
    }

    private static void WriteFile(TarWriter tar, string name, byte[] content)
    {
        tar.WriteEntry(Entry(name, TarEntryKind.File, FileMode, content.Length));
        tar.Write(content);
    }

    private static TarEntry Entry(string name, TarEntryKind kind, uint mode, long size = 0) =>
        new() { Name = System.Text.Encoding.UTF8.GetBytes(name), Kind = kind, Mode = mode, Size = size };
}
