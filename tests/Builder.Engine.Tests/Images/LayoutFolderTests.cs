using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Engine.Tests.Support;
using Builder.Oci;
using Builder.Testing;
using Builder.Testing.Registries;

namespace Builder.Engine.Tests.Images;

public sealed class LayoutFolderTests : IDisposable
{
    private static readonly Platform Amd64 = Platform.Parse("linux/amd64");
    private static readonly Platform Arm64 = Platform.Parse("linux/arm64");
    private static readonly TestImage One = TestImage.Of(Amd64, TestImage.Noise(100));
    private static readonly TestImage Two = TestImage.Of(Arm64, TestImage.Noise(200, seed: 2));
    private readonly TestLayout layout = new();

    public void Dispose() => layout.Dispose();

    [Fact]
    public async Task The_only_image_needs_no_name()
    {
        layout.Index(layout.Put(One));
        var found = Find(null);
        Assert.Equal(One.Descriptor.Digest, found.Descriptor.Digest);
        await using var blob = await found.OpenBlobAsync(found.Manifest.Layers[0], TestContext.Current.CancellationToken);
        Assert.Equal(100, blob.Length);
    }

    [Fact]
    public void Of_several_one_is_chosen_by_tag_or_digest()
    {
        layout.Index(Named(layout.Put(One), "v1"), Named(layout.Put(Two), "v2"));
        Assert.Equal(Two.Descriptor.Digest, Find("v2").Descriptor.Digest);
        Assert.Equal(One.Descriptor.Digest, Find(One.Descriptor.Digest.ToString()).Descriptor.Digest);
        Assert.Contains("does not hold exactly one image", Fails(null).Message, StringComparison.Ordinal);
        var error = Fails("v3");
        Assert.Contains("holds no image 'v3'", error.Message, StringComparison.Ordinal);
        Assert.Equal("it holds: v1, v2", error.Hint);
    }

    [Fact]
    public void Of_an_index_the_entry_for_the_platform_is_chosen()
    {
        var inner = layout.Put(OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [layout.Put(One), layout.Put(Two)] }), MediaTypes.OciIndex);
        layout.Index(inner);
        Assert.Equal(One.Descriptor.Digest, Find(null).Descriptor.Digest);
        var error = Assert.Throws<BuilderException>(() => new LayoutFolder(layout.Path).Find(null, Platform.Parse("linux/s390x")));
        Assert.Contains("linux/s390x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indexes_of_indexes_end_somewhere()
    {
        var entry = layout.Put(One);
        for (var depth = 0; depth < 10; depth++)
        {
            entry = layout.Put(OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [entry] }), MediaTypes.OciIndex);
        }

        layout.Index(entry);
        Assert.ThrowsAny<BuilderException>(() => Find(null));
    }

    [Fact]
    public void A_folder_without_the_marker_is_no_layout()
    {
        File.Delete(layout[OciLayout.FileName]);
        Assert.Contains("not an OCI layout", Fails(null).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_and_missing_documents_are_told()
    {
        var manifest = layout.Put(One);
        layout.Index(manifest);
        File.WriteAllBytes(layout.BlobPath(manifest.Digest), TestImage.Noise((int)manifest.Size));
        Assert.Contains("is damaged", Fails(null).Message, StringComparison.Ordinal);
        File.Delete(layout.BlobPath(manifest.Digest));
        Assert.Contains("is not complete", Fails(null).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_layer_is_told_when_it_is_wanted()
    {
        layout.Index(layout.Put(One));
        var found = Find(null);
        File.Delete(layout.BlobPath(found.Manifest.Layers[0].Digest));
        var error = await Assert.ThrowsAsync<BuilderException>(() => Open(found));
        Assert.Equal(EngineErrors.BadLayout, error.Code);
    }

    [Fact]
    public void An_index_that_is_no_file_or_has_no_end_is_refused()
    {
        Directory.CreateDirectory(layout[OciLayout.IndexFileName]);
        Fails(null);
        Directory.Delete(layout[OciLayout.IndexFileName]);
        ExternalTool.Run("mkfifo", [layout[OciLayout.IndexFileName]]);
        Fails(null);
        File.Delete(layout[OciLayout.IndexFileName]);
        using (var file = File.Create(layout[OciLayout.IndexFileName]))
        {
            file.SetLength(1L << 40);
        }

        Fails(null);
    }

    private static async Task Open(BaseImage image)
    {
        await using var stream = await image.OpenBlobAsync(image.Manifest.Layers[0], TestContext.Current.CancellationToken);
    }

    private static Descriptor Named(Descriptor entry, string tag) => entry with { Annotations = new Dictionary<string, string> { [AnnotationKeys.RefName] = tag } };

    private BaseImage Find(string? reference) => new LayoutFolder(layout.Path).Find(reference, Amd64);

    private BuilderException Fails(string? reference)
    {
        var error = Assert.Throws<BuilderException>(() => Find(reference));
        Assert.Equal(EngineErrors.BadLayout, error.Code);
        return error;
    }
}
