using Builder.Archives.Compression;
using Builder.Archives.Images;
using Builder.Archives.Tests.Tar;
using Builder.Oci;

namespace Builder.Archives.Tests.Images;

/// <summary>An image of a few bytes with one gzip layer and one plain one, and all of its parts.</summary>
internal sealed record TinyImage(MemoryBlobs Blobs, Descriptor Manifest, Descriptor Config, byte[] BaseTar, byte[] TopTar)
{
    public static TinyImage Make(MemoryBlobs? store = null, string text = "hello", string architecture = "amd64")
    {
        var blobs = store ?? new MemoryBlobs();
        var baseTar = Archive.Of((Archive.Directory("etc"), []), (Archive.File("etc/motd", Archive.Bytes(text)), Archive.Bytes(text)));
        var topTar = Archive.Of((Archive.File("top", [1, 2, 3]), [1, 2, 3]));
        var config = blobs.Add(MediaTypes.OciConfig, OciJson.Write(new ImageConfig
        {
            Architecture = architecture,
            Os = "linux",
            RootFs = new RootFs { DiffIds = [new DiffId(Digest.Of(baseTar)), new DiffId(Digest.Of(topTar))] },
            History = [new HistoryEntry { CreatedBy = "base" }, new HistoryEntry { CreatedBy = "nothing", EmptyLayer = true }, new HistoryEntry { CreatedBy = "top" }],
        }));
        var manifest = blobs.Add(MediaTypes.OciManifest, OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = config,
            Layers = [blobs.Add(MediaTypes.OciLayerGzip, Gzip(baseTar)), blobs.Add(MediaTypes.OciLayer, topTar)],
        }));
        return new TinyImage(blobs, manifest, config, baseTar, topTar);
    }

    /// <summary>An index of two such images for different processors, and an attestation.</summary>
    public static (MemoryBlobs Blobs, Descriptor Index, TinyImage Amd64, TinyImage Arm64) MakeIndex()
    {
        var blobs = new MemoryBlobs();
        var amd64 = Make(blobs, "hello");
        var arm64 = Make(blobs, "hallo", "arm64");
        var statement = blobs.Add("application/vnd.in-toto+json", "{}"u8.ToArray());
        var attestation = blobs.Add(MediaTypes.OciManifest, OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = blobs.Add(MediaTypes.OciConfig, OciJson.Write(new ImageConfig
            {
                Architecture = "unknown",
                Os = "unknown",
                RootFs = new RootFs { DiffIds = [new DiffId(statement.Digest)] },
            })),
            Layers = [statement],
        }));
        var index = blobs.Add(MediaTypes.OciIndex, OciJson.Write(new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests =
            [
                arm64.Manifest with { Platform = new Platform("arm64", "linux") },
                amd64.Manifest with { Platform = new Platform("amd64", "linux") },
                attestation with { Platform = new Platform("unknown", "unknown") },
            ],
        }));
        return (blobs, index, amd64, arm64);
    }

    public byte[] Save(params string[] names) => Save(ImageArchiveFormat.DockerAndOci, names);

    public byte[] Save(ImageArchiveFormat format, params string[] names) =>
        Write(Blobs, new ImageArchiveOptions(format), new ArchiveImage(Manifest, [.. names.Select(ImageReference.Parse)]));

    public static byte[] Write(IBlobProvider blobs, ImageArchiveOptions options, params ArchiveImage[] images)
    {
        using var stream = new MemoryStream();
        ImageArchiveWriter.Write(images, blobs, stream, options);
        return stream.ToArray();
    }

    public static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GzipWriterStream(stream))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }
}
