using System.Text;
using Builder.Archives.Images;
using Builder.Archives.Tar;
using Builder.Diagnostics;

namespace Builder.Engine.Exporters;

/// <summary>
/// An OCI layout in a folder: the archive of one, unpacked as it is written, so that both have the same files. A layout that
/// is there already keeps its blobs and loses its index.
/// </summary>
public static class LayoutFolderWriter
{
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadOutput"/>.</exception>
    public static void Write(IReadOnlyList<ArchiveImage> images, IBlobProvider blobs, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using var pipe = new Archives.StreamPipe();
            var writing = pipe.FillAsync(
                stream => ImageArchiveWriter.Write(images, blobs, stream, new ImageArchiveOptions(ImageArchiveFormat.OciOnly), cancellationToken),
                cancellationToken);
            using var tar = new TarReader(pipe.Reader);
            while (tar.Next() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Unpack(entry, tar, folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadOutput, $"the layout {folder} cannot be written", inner: e);
        }
    }

    /// <summary>Names of our own archive, which are those of the layout and of digests.</summary>
    private static void Unpack(TarEntry entry, TarReader tar, string folder)
    {
        var path = Path.Combine(folder, Encoding.ASCII.GetString(entry.Name.Span));
        if (entry.Kind == TarEntryKind.Directory)
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(folder);
        var unfinished = path + ".unfinished";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            tar.Content.CopyTo(file);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
