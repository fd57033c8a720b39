using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>
/// Reads archives of images: OCI layouts (image-layout.md), what <c>docker save</c> writes before and since version 25, and
/// the dialects of skopeo, podman and crane; compressed or not, entries in any order, from a stream that need not seek.
/// </summary>
public static class ImageArchiveReader
{
    /// <summary>
    /// Puts all content into <paramref name="sink"/> while reading and returns the images. Content is checked against the
    /// digests and sizes that the archive claims; an image without an OCI manifest gets one.
    /// </summary>
    /// <remarks>
    /// Compressed layers are not unpacked here: whoever applies them checks them against the config's diff IDs.
    /// </remarks>
    /// <exception cref="BuilderException">Any of <see cref="ArchiveErrors"/> or <see cref="OciErrors"/>, naming the piece.</exception>
    public static IReadOnlyList<LoadedImage> Read(Stream archive, IBlobSink sink, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(sink);
        var pieces = new ArchivePieces(sink, cancellationToken);
        using (var opened = Decompressor.Open(archive))
        using (var tar = new TarReader(opened))
        {
            pieces.ReadAll(tar);
        }

        var images = new ImageCollection();
        var layout = Document(pieces, OciLayout.FileName);
        var index = Document(pieces, OciLayout.IndexFileName);
        var docker = Document(pieces, DockerArchiveEntry.FileName);
        if ((layout is null || index is null) && docker is null)
        {
            throw new BuilderException(
                ArchiveErrors.InvalidImageArchive,
                "the archive holds no images: it has neither oci-layout and index.json nor manifest.json",
                "load takes what 'docker save' and its like write; to make an image of a folder's files, use import");
        }

        if (layout is not null && index is not null)
        {
            new LayoutResolver(pieces, images).Resolve(layout, index);
        }

        if (docker is not null)
        {
            new DockerArchiveResolver(pieces, images).Resolve(docker);
        }

        return images.All;
    }

    private static byte[]? Document(ArchivePieces pieces, string name) => pieces.Find(name)?.Document;
}
