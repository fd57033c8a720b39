using System.Text;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Engine.Images;

/// <summary>
/// An OCI layout in a folder as the archive of it, so that both are read, and checked, in the same way. Only what the index
/// leads to: a layout that many share, such as another store, has more than its images.
/// </summary>
internal sealed class LayoutTar(LayoutFolder layout)
{
    private const int MaxDepth = 4;
    private const uint FileMode = 0x124; // 0444
    private readonly HashSet<Digest> seen = [];

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadLayout"/>. What is missing is left to the reader to name.</exception>
    public void Write(Stream destination, CancellationToken cancellationToken)
    {
        using var tar = new TarWriter(destination);
        WriteFile(tar, OciLayout.FileName, layout.ReadMarker());
        var entries = layout.Entries();
        WriteFile(tar, OciLayout.IndexFileName, OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries }));
        foreach (var entry in entries)
        {
            Add(tar, entry, 0, cancellationToken);
        }

        tar.Finish();
    }

    private void Add(TarWriter tar, Descriptor blob, int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (depth > MaxDepth || !seen.Add(blob.Digest))
        {
            return;
        }

        using var content = layout.TryOpenBlob(blob, out _);
        if (content is null)
        {
            return;
        }

        tar.WriteEntry(new TarEntry { Name = Encoding.ASCII.GetBytes(OciLayout.BlobPath(blob.Digest)), Kind = TarEntryKind.File, Mode = FileMode, Size = content.Length });
        Copy(content, tar);
        foreach (var child in Children(blob))
        {
            Add(tar, child, depth + 1, cancellationToken);
        }
    }

    private IEnumerable<Descriptor> Children(Descriptor document)
    {
        var type = MediaTypes.WithoutParameters(document.MediaType);
        return MediaTypes.IsIndex(type) ? OciJson.ReadIndex(layout.ReadDocument(document)).Manifests
            : MediaTypes.IsManifest(type) && OciJson.ReadManifest(layout.ReadDocument(document)) is var manifest ? [manifest.Config, .. manifest.Layers]
            : [];
    }

    private static void Copy(FileStream content, TarWriter tar)
    {
        var buffer = new byte[128 * 1024];
        for (int count; (count = content.Read(buffer)) > 0;)
        {
            tar.Write(buffer.AsSpan(0, count));
        }
    }

    private static void WriteFile(TarWriter tar, string name, byte[] content)
    {
        tar.WriteEntry(new TarEntry { Name = Encoding.ASCII.GetBytes(name), Kind = TarEntryKind.File, Mode = FileMode, Size = content.Length });
        tar.Write(content);
    }
}
