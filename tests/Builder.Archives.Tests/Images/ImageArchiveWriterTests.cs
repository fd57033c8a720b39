using System.Text;
using Builder.Archives.Images;
using Builder.Archives.Tests.Tar;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Tests.Images;

public sealed class ImageArchiveWriterTests
{
    [Fact]
    public void An_archive_lists_documents_first_and_each_blob_once()
    {
        var image = TinyImage.Make();
        var manifest = OciJson.ReadManifest(image.Blobs[image.Manifest.Digest]);
        var members = Archive.Read(TinyImage.Write(
            image.Blobs,
            new ImageArchiveOptions(),
            new ArchiveImage(image.Manifest, [ImageReference.Parse("a")]),
            new ArchiveImage(image.Manifest, [ImageReference.Parse("quay.io/b:1")])));

        Assert.Equal(
            [
                "oci-layout", "index.json", "manifest.json", "blobs", "blobs/sha256",
                OciLayout.BlobPath(image.Manifest.Digest), OciLayout.BlobPath(image.Config.Digest),
                OciLayout.BlobPath(manifest.Layers[0].Digest), OciLayout.BlobPath(manifest.Layers[1].Digest),
            ],
            members.Select(m => Archive.Text(m.Entry.Name)));
        Assert.All(members, m => Assert.Equal((0, 0, 0), (m.Entry.UserId, m.Entry.GroupId, m.Entry.ModifiedSeconds)));
        Assert.Equal(
            $$"""[{"Config":"{{OciLayout.BlobPath(image.Config.Digest)}}","RepoTags":["a:latest","quay.io/b:1"],"Layers":["{{OciLayout.BlobPath(manifest.Layers[0].Digest)}}","{{OciLayout.BlobPath(manifest.Layers[1].Digest)}}"]}]""",
            Encoding.UTF8.GetString(members[2].Content));
        var index = OciJson.ReadIndex(members[1].Content);
        Assert.Equal(["latest", "1"], index.Manifests.Select(m => m.Annotation(AnnotationKeys.RefName)));
        Assert.Equal(["docker.io/library/a:latest", "quay.io/b:1"], index.Manifests.Select(m => m.Annotation(AnnotationKeys.ContainerdImageName)));
    }

    [Fact]
    public void An_oci_archive_has_no_docker_manifest()
    {
        var names = Archive.Read(TinyImage.Make().Save(ImageArchiveFormat.OciOnly, "a")).Select(m => Archive.Text(m.Entry.Name));
        Assert.DoesNotContain("manifest.json", names);
    }

    [Fact]
    public void Of_an_index_all_children_are_written_and_one_has_the_name()
    {
        var (blobs, index, amd64, arm64) = TinyImage.MakeIndex();
        var members = Archive.Read(TinyImage.Write(blobs, new ImageArchiveOptions(DockerPlatform: new Platform("amd64", "linux")), new ArchiveImage(index, [ImageReference.Parse("a")])));

        var entries = OciJson.ReadDockerArchive(members[2].Content);
        Assert.Equal([OciLayout.BlobPath(arm64.Config.Digest), OciLayout.BlobPath(amd64.Config.Digest)], entries.Select(e => e.Config));
        Assert.Equal([[], ["a:latest"]], entries.Select(e => e.RepoTags!));
        Assert.Equal(
            blobs.Digests.Select(OciLayout.BlobPath).Order(StringComparer.Ordinal),
            members.Skip(5).Select(m => Archive.Text(m.Entry.Name)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("short", "has 5 bytes, its descriptor says")]
    [InlineData("something that is much longer than any of the tiny documents of this image can be, which is not hard to do as they have few words, just a few hundred bytes, or let us say less than a thousand; so that this text goes on and on until it surely is beyond that, and the writer has to notice while it is still being told, and that is before it has read the whole of it, since a blob of the wrong length may well be without end, and then nobody would ever know; a last sentence makes sure of it, with a few more words to spare for whoever adds fields to documents.", "is longer than the")]
    public void A_blob_of_the_wrong_length_is_refused(string content, string message)
    {
        var image = TinyImage.Make();
        image.Blobs[image.Config.Digest] = Archive.Bytes(content);
        var error = Assert.Throws<BuilderException>(() => image.Save("a"));
        Assert.Equal(ArchiveErrors.ContentMismatch, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blob_with_the_wrong_content_is_refused()
    {
        var image = TinyImage.Make();
        image.Blobs[image.Config.Digest] = new byte[image.Config.Size];
        var error = Assert.Throws<BuilderException>(() => image.Save("a"));
        Assert.StartsWith($"the blob {image.Config.Digest} hashes to sha256:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_twice_gives_the_same_bytes()
    {
        Assert.Equal(TinyImage.Make().Save("a", "b:2"), TinyImage.Make().Save("a", "b:2"));
    }
}
