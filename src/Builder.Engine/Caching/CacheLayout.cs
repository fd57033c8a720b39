using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Caching;

/// <summary>A cache in a folder: an OCI layout, in which blobs that are there stay and a tag is moved at the end.</summary>
internal static class CacheLayout
{
    /// <exception cref="BuilderException"><see cref="EngineErrors.CacheNotWritten"/>.</exception>
    public static void Write(BuilderStore store, string folder, string tag, Descriptor manifest, IReadOnlyList<Descriptor> blobs)
    {
        try
        {
            foreach (var blob in blobs)
            {
                WriteOnce(Path.Combine(folder, OciLayout.BlobPath(blob.Digest)), stream =>
                {
                    using var stored = store.Content.OpenRead(blob.Digest);
                    stored.CopyTo(stream);
                });
            }

            WriteOnce(Path.Combine(folder, OciLayout.FileName), stream => stream.Write(OciJson.Write(OciLayout.Current)));
            var path = Path.Combine(folder, OciLayout.IndexFileName);
            var others = File.Exists(path) ? OciJson.ReadIndex(File.ReadAllBytes(path)).Manifests.Where(entry => entry.Annotation(AnnotationKeys.RefName) != tag) : [];
            var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. others, manifest.Annotate(AnnotationKeys.RefName, tag)] };
            Replace(path, stream => stream.Write(OciJson.Write(index)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.CacheNotWritten, $"the cache cannot be written to {folder}", inner: e);
        }
    }

    private static void WriteOnce(string path, Action<Stream> write)
    {
        if (!File.Exists(path))
        {
            Replace(path, write);
        }
    }

    private static void Replace(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".unfinished";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            write(file);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
