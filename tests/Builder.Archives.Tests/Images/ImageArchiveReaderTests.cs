using Builder.Archives.Compression;
using Builder.Archives.Images;
using Builder.Archives.Tar;
using Builder.Archives.Tests.Tar;
using Builder.Diagnostics;
using Builder.Oci;
using CsCheck;

namespace Builder.Archives.Tests.Images;

public sealed class ImageArchiveReaderTests
{
    [Theory]
    [InlineData(ImageArchiveFormat.DockerAndOci)]
    [InlineData(ImageArchiveFormat.OciOnly)]
    public void What_is_saved_is_loaded(ImageArchiveFormat format)
    {
        var image = TinyImage.Make();
        var (sink, loaded) = Read(image.Save(format, "a", "quay.io/b/c:1.2"));

        Assert.Equal(image.Manifest, Assert.Single(loaded).Manifest);
        Assert.Equal(["docker.io/library/a:latest", "quay.io/b/c:1.2"], loaded[0].Names.Select(n => n.ToString()));
        Assert.Equal("latest", loaded[0].RefName);
        Assert.Equal(image.Blobs[image.Manifest.Digest], loaded[0].Content.ToArray());
        Assert.All(image.Blobs.Digests, digest => Assert.Equal(image.Blobs[digest], sink[digest]));
    }

    [Fact]
    public void An_image_without_a_name_is_loaded_too()
    {
        var loaded = Read(TinyImage.Make().Save()).Images;
        Assert.Empty(Assert.Single(loaded).Names);
        Assert.Null(loaded[0].RefName);
    }

    [Fact]
    public void An_index_is_loaded_with_its_children()
    {
        var (blobs, index, _, _) = TinyImage.MakeIndex();
        var (sink, loaded) = Read(TinyImage.Write(blobs, new ImageArchiveOptions(), new ArchiveImage(index, [ImageReference.Parse("a")])));
        Assert.Equal(index, Assert.Single(loaded).Manifest);
        Assert.Equal("docker.io/library/a:latest", Assert.Single(loaded[0].Names).ToString());
        Assert.All(blobs.Digests, digest => Assert.True(sink.Has(digest)));
    }

    [Fact]
    public void Of_an_index_one_platform_is_enough()
    {
        var (blobs, index, _, arm64) = TinyImage.MakeIndex();
        var members = Archive.Read(TinyImage.Write(blobs, new ImageArchiveOptions(ImageArchiveFormat.OciOnly), new ArchiveImage(index, [])));
        var (sink, loaded) = Read(Archive.Of(members.Where(m => Archive.Text(m.Entry.Name) != OciLayout.BlobPath(arm64.Manifest.Digest))));
        Assert.Equal(index, Assert.Single(loaded).Manifest);
        Assert.False(sink.Has(arm64.Manifest.Digest));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void The_archive_may_be_compressed(string how)
    {
        var image = TinyImage.Make();
        var archive = image.Save("a");
        using var stream = new MemoryStream();
        using (var compressor = how == "gzip" ? new GzipWriterStream(stream) : ZstdCompressor.Open(stream))
        {
            compressor.Write(archive);
        }

        Assert.Equal(image.Manifest, Assert.Single(Read(stream.ToArray()).Images).Manifest);
    }

    [Fact]
    public void Order_and_dots_before_names_do_not_matter()
    {
        var image = TinyImage.Make();
        var members = Archive.Read(image.Save("a", "b"));
        Gen.Shuffle(members.ToArray()).Sample(
            shuffled =>
            {
                var dotted = shuffled.Select(m => (m.Entry with { Name = Archive.Bytes("./" + Archive.Text(m.Entry.Name)) }, m.Content));
                var loaded = Assert.Single(Read(Archive.Of(dotted)).Images);
                Assert.Equal(image.Manifest, loaded.Manifest);
                Assert.Equal(2, loaded.Names.Count);
            },
            iter: 50);
    }

    [Fact]
    public void A_docker_archive_in_the_old_layout_gets_a_manifest()
    {
        var image = TinyImage.Make();
        var hex = image.Config.Digest.Hex;
        var archive = DockerArchive(
            $$"""[{"Config":"{{hex}}.json","RepoTags":["a:1","<none>:<none>"],"Layers":["aa/layer.tar","bb/layer.tar"]}]""",
            (Archive.File("aa/layer.tar", image.BaseTar), image.BaseTar),
            (Archive.File("aa/VERSION", "1.0"u8.ToArray()), "1.0"u8.ToArray()),
            (Archive.Link("bb/layer.tar", "../top.tar"), []),
            (Archive.File("top.tar", TinyImage.Gzip(image.TopTar)), TinyImage.Gzip(image.TopTar)),
            (Archive.File(hex + ".json", image.Blobs[image.Config.Digest]), image.Blobs[image.Config.Digest]));
        var (sink, loaded) = Read(archive);

        var manifest = OciJson.ReadManifest(sink[Assert.Single(loaded).Manifest.Digest]);
        Assert.Equal(image.Config, manifest.Config);
        Assert.Equal([MediaTypes.OciLayer, MediaTypes.OciLayerGzip], manifest.Layers.Select(l => l.MediaType));
        Assert.Equal(Digest.Of(image.BaseTar), manifest.Layers[0].Digest);
        Assert.Equal("docker.io/library/a:1", Assert.Single(loaded[0].Names).ToString());
    }

    [Fact]
    public void Each_missing_piece_is_named()
    {
        var image = TinyImage.Make();
        var members = Archive.Read(image.Save("a"));
        foreach (var missing in members.Where(m => m.Entry.Kind == TarEntryKind.File).Skip(3).Select(m => Archive.Text(m.Entry.Name)))
        {
            var error = Assert.Throws<BuilderException>(() => Read(Archive.Of(members.Where(m => Archive.Text(m.Entry.Name) != missing))));
            Assert.Equal(ArchiveErrors.MissingPiece, error.Code);
            Assert.Contains(missing.Split('/')[^1], error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_blob_that_is_not_what_its_name_says_is_refused()
    {
        var members = Archive.Read(TinyImage.Make().Save("a"));
        foreach (var (entry, content) in members.Skip(5))
        {
            content[^1] ^= 1;
            var error = Assert.Throws<BuilderException>(() => Read(Archive.Of(members)));
            content[^1] ^= 1;
            Assert.Equal(ArchiveErrors.ContentMismatch, error.Code);
            Assert.Contains(Archive.Text(entry.Name), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_plain_layer_that_the_config_does_not_list_is_refused()
    {
        var image = TinyImage.Make();
        var archive = DockerArchive(
            """[{"Config":"c.json","Layers":["top.tar","base.tar"]}]""",
            (Archive.File("c.json", image.Blobs[image.Config.Digest]), image.Blobs[image.Config.Digest]),
            (Archive.File("base.tar", image.BaseTar), image.BaseTar),
            (Archive.File("top.tar", image.TopTar), image.TopTar));
        Assert.Equal(ArchiveErrors.ContentMismatch, Assert.Throws<BuilderException>(() => Read(archive)).Code);
    }

    [Fact]
    public void Links_that_go_round_or_out_of_the_archive_lead_nowhere()
    {
        var image = TinyImage.Make();
        foreach (var target in new[] { "b.tar", "../../etc/passwd", "a.tar" })
        {
            var archive = DockerArchive(
                """[{"Config":"c.json","Layers":["a.tar","a.tar"]}]""",
                (Archive.File("c.json", image.Blobs[image.Config.Digest]), image.Blobs[image.Config.Digest]),
                (Archive.Link("a.tar", target), []),
                (Archive.Link("b.tar", "a.tar"), []));
            Assert.Equal("the archive lacks the layer 'a.tar'", Assert.Throws<BuilderException>(() => Read(archive)).Message);
        }
    }

    [Fact]
    public void An_archive_that_is_cut_off_says_where()
    {
        var image = TinyImage.Make();
        var archive = image.Save("a");
        var layer = OciJson.ReadManifest(image.Blobs[image.Manifest.Digest]).Layers[1];
        var error = Assert.Throws<BuilderException>(() => Read(archive[..^1500]));
        Assert.Equal((ArchiveErrors.TruncatedTar, $"the archive ends in the middle of '{OciLayout.BlobPath(layer.Digest)}'"), (error.Code, error.Message));
    }

    [Fact]
    public void A_tar_without_images_says_so()
    {
        var error = Assert.Throws<BuilderException>(() => Read(Archive.Of((Archive.File("file", [1]), [1]))));
        Assert.Equal(ArchiveErrors.InvalidImageArchive, error.Code);
        Assert.Equal("the archive holds no images: it has neither oci-layout and index.json nor manifest.json", error.Message);
    }

    [Fact]
    public void A_damaged_archive_is_refused_or_loads_the_same_image()
    {
        var image = TinyImage.Make();
        var archive = image.Save("a");
        Gen.Select(Gen.Int[0, archive.Length - 1], Gen.Byte[1, 255], Gen.Bool).Sample(
            (at, change, cut) =>
            {
                var damaged = cut ? archive[..at] : archive.ToArray();
                if (!cut)
                {
                    damaged[at] ^= change;
                }

                try
                {
                    foreach (var loaded in Read(damaged).Images)
                    {
                        Assert.Equal(image.Manifest.Digest, loaded.Manifest.Digest);
                    }
                }
                catch (BuilderException)
                {
                }
            },
            iter: 1000);
    }

    private static (MemoryBlobs Sink, IReadOnlyList<LoadedImage> Images) Read(byte[] archive)
    {
        var sink = new MemoryBlobs();
        return (sink, ImageArchiveReader.Read(new Unseekable(archive), sink));
    }

    private static byte[] DockerArchive(string manifest, params (TarEntry, byte[])[] members) =>
        Archive.Of([.. members, (Archive.File("manifest.json", Archive.Bytes(manifest)), Archive.Bytes(manifest))]);

    private sealed class Unseekable(byte[] bytes) : ReadOnlyStream
    {
        private readonly MemoryStream inner = new(bytes);

        public override int Read(Span<byte> buffer) => inner.Read(buffer);
    }
}
