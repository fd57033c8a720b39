using System.Text;
using System.Text.Json;
using Builder.Archives.Tar;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>
/// Writes the archive of <c>docker save</c> before version 25, for tools that know no other: layers as plain tars called after
/// their digest, configs after the image's id, <c>manifest.json</c> and <c>repositories</c>. The bytes depend on the images alone.
/// </summary>
public static class LegacyArchiveWriter
{
    private const uint FileMode = 0x124; // 0444

    /// <param name="images">Manifests, not indexes, whose layers are not compressed.</param>
    /// <param name="destination">Stays open.</param>
    public static void Write(IReadOnlyList<ArchiveImage> images, IBlobProvider blobs, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(blobs);
        var written = new HashSet<Digest>();
        var entries = new List<DockerArchiveEntry>();
        var repositories = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        using var tar = new TarWriter(destination);
        foreach (var image in images)
        {
            using var document = new MemoryStream();
            BlobStream.Copy(blobs, image.Manifest, document, cancellationToken);
            var manifest = OciJson.ReadManifest(document.GetBuffer().AsSpan(0, (int)document.Length));
            foreach (var layer in manifest.Layers)
            {
                WriteBlob(tar, layer, layer.Digest.Hex + ".tar", blobs, written, cancellationToken);
            }

            WriteBlob(tar, manifest.Config, manifest.Config.Digest.Hex + ".json", blobs, written, cancellationToken);
            entries.Add(new DockerArchiveEntry
            {
                Config = manifest.Config.Digest.Hex + ".json",
                RepoTags = [.. Tags(image)],
                Layers = [.. manifest.Layers.Select(layer => layer.Digest.Hex + ".tar")],
            });
            foreach (var name in image.Names.Where(name => name.Tag is not null && manifest.Layers.Count > 0))
            {
                var repository = (name with { Tag = null, Digest = null }).Familiar;
                repositories.TryAdd(repository, new SortedDictionary<string, string>(StringComparer.Ordinal));
                repositories[repository][name.Tag!] = manifest.Layers[^1].Digest.Hex;
            }
        }

        WriteFile(tar, DockerArchiveEntry.FileName, OciJson.Write(entries));
        WriteFile(tar, "repositories", ToJson(repositories));
        tar.Finish();
    }

    private static IEnumerable<string> Tags(ArchiveImage image) =>
        image.Names.Where(name => name.Tag is not null).Select(name => (name with { Digest = null }).Familiar).Distinct();

    private static void WriteBlob(TarWriter tar, Descriptor blob, string name, IBlobProvider blobs, HashSet<Digest> written, CancellationToken cancellationToken)
    {
        if (written.Add(blob.Digest))
        {
            tar.WriteEntry(Entry(name, blob.Size));
            using var content = new TarContentWriter(tar);
            BlobStream.Copy(blobs, blob, content, cancellationToken);
        }
    }

    private static void WriteFile(TarWriter tar, string name, byte[] content)
    {
        tar.WriteEntry(Entry(name, content.Length));
        tar.Write(content);
    }

    private static TarEntry Entry(string name, long size) =>
        new() { Name = Encoding.UTF8.GetBytes(name), Kind = TarEntryKind.File, Mode = FileMode, Size = size };

    private static byte[] ToJson(SortedDictionary<string, SortedDictionary<string, string>> repositories)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (repository, tags) in repositories)
            {
                writer.WriteStartObject(repository);
                foreach (var (tag, layer) in tags)
                {
                    writer.WriteString(tag, layer);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }
}
