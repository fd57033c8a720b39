using Builder.Oci;
using Builder.Testing;
using Builder.Testing.Registries;

namespace Builder.Engine.Tests.Support;

/// <summary>An OCI layout in a temporary folder.</summary>
internal sealed class TestLayout : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TestLayout() => File.WriteAllBytes(folder[OciLayout.FileName], OciJson.Write(OciLayout.Current));

    public string Path => folder.Path;

    public string this[string name] => folder[name];

    public Descriptor Put(byte[] content, string mediaType)
    {
        var path = BlobPath(Digest.Of(content));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return new Descriptor(mediaType, Digest.Of(content), content.Length);
    }

    public Descriptor Put(TestImage image)
    {
        Put(image.Config, MediaTypes.OciConfig);
        foreach (var layer in image.Layers)
        {
            Put(layer, MediaTypes.OciLayer);
        }

        return Put(image.Manifest, MediaTypes.OciManifest) with { Platform = image.Platform };
    }

    public TestLayout Index(params Descriptor[] manifests)
    {
        File.WriteAllBytes(folder[OciLayout.IndexFileName], OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = manifests }));
        return this;
    }

    public string BlobPath(Digest digest) => folder[OciLayout.BlobPath(digest)];

    public void Dispose() => folder.Dispose();
}
