using System.Text;
using System.Text.Json;
using Builder.Archives.Images;
using Builder.Archives.Tests.Tar;
using Builder.Oci;
using Builder.Testing;

namespace Builder.Archives.Tests.Images;

/// <summary>skopeo as a reader of what is written and a writer of what is read.</summary>
public sealed class SkopeoTests
{
    [Theory]
    [InlineData("oci-archive")]
    [InlineData("docker-archive")]
    public void Skopeo_reads_what_is_written(string transport)
    {
        RequireSkopeo();
        using var folder = new TemporaryFolder();
        var image = TinyImage.Make();
        File.WriteAllBytes(folder["image.tar"], image.Save("tiny:1"));

        var config = ExternalTool.Run("skopeo", ["inspect", "--config", "--raw", $"{transport}:{folder["image.tar"]}"]);
        Assert.Equal(image.Blobs[image.Config.Digest], config);
        if (transport == "oci-archive")
        {
            var manifest = ExternalTool.Run("skopeo", ["inspect", "--raw", $"{transport}:{folder["image.tar"]}:1"]);
            Assert.Equal(image.Blobs[image.Manifest.Digest], manifest);
        }
        else
        {
            using var inspection = JsonDocument.Parse(ExternalTool.Run("skopeo", ["inspect", $"{transport}:{folder["image.tar"]}:tiny:1"]));
            Assert.Equal(2, inspection.RootElement.GetProperty("Layers").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("oci-archive", ":v1", "v1", 0)]
    [InlineData("docker-archive", ":example.org/tiny:v1", null, 1)]
    public void What_skopeo_writes_is_read(string transport, string reference, string? refName, int names)
    {
        RequireSkopeo();
        using var folder = new TemporaryFolder();
        var image = TinyImage.Make();
        File.WriteAllBytes(folder["image.tar"], image.Save("tiny:1"));
        ExternalTool.Run("skopeo", ["--insecure-policy", "copy", $"oci-archive:{folder["image.tar"]}", $"{transport}:{folder["copy.tar"]}{reference}"]);

        var sink = new MemoryBlobs();
        using var copy = File.OpenRead(folder["copy.tar"]);
        var loaded = Assert.Single(ImageArchiveReader.Read(copy, sink));

        Assert.Equal(refName, loaded.RefName);
        Assert.Equal(names, loaded.Names.Count);
        var manifest = OciJson.ReadManifest(sink[loaded.Manifest.Digest]);
        Assert.Equal(2, manifest.Layers.Count);
        var config = OciJson.ReadConfig(sink[manifest.Config.Digest]);
        Assert.Equal([Digest.Of(image.BaseTar), Digest.Of(image.TopTar)], config.RootFs.DiffIds.Select(d => d.Digest));
        Assert.Equal(
            [image.BaseTar, image.TopTar],
            manifest.Layers.Select(l => Compression.Samples.Read(Archives.Compression.Decompressor.Open(new MemoryStream(sink[l.Digest])))));
    }

    [Fact]
    public void Gnu_tar_lists_an_archive_of_ours()
    {
        Assert.SkipUnless(ExternalTool.Exists("tar"), "GNU tar is not installed");
        var listing = Encoding.UTF8.GetString(ExternalTool.Run("tar", ["-tf", "-"], TinyImage.Make().Save("a")));
        Assert.StartsWith("oci-layout\nindex.json\nmanifest.json\nblobs/\nblobs/sha256/\nblobs/sha256/", listing, StringComparison.Ordinal);
    }

    private static void RequireSkopeo() => Assert.SkipUnless(ExternalTool.Exists("skopeo"), "skopeo is not installed");
}
