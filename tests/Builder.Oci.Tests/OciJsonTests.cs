using System.Text;
using Builder.Diagnostics;

namespace Builder.Oci.Tests;

public sealed class OciJsonTests
{
    private static readonly Digest Some = Digest.OfText("some");

    [Fact]
    public void A_manifest_is_written_as_everybody_else_writes_it()
    {
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor(MediaTypes.OciConfig, Some, 2),
            Layers = [new Descriptor(MediaTypes.OciLayerGzip, Some, 3)],
        };
        Assert.Equal(
            $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Some}}","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{Some}}","size":3}]}""",
            Encoding.UTF8.GetString(OciJson.Write(manifest)));
    }

    [Fact]
    public void A_config_keeps_what_it_does_not_know()
    {
        var json = $$$"""{"architecture":"amd64","os":"linux","config":{"Env":["A=<&+é"],"StopTimeout":5},"rootfs":{"type":"layers","diff_ids":["{{{Some}}}"]},"history":[{"created_by":"RUN x"},{"created_by":"ENV A","empty_layer":true}],"moby.x":{"y":[1]}}""";
        Assert.Equal(json, Encoding.UTF8.GetString(OciJson.Write(OciJson.ReadConfig(Encoding.UTF8.GetBytes(json)))));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:../..","size":1},"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":1},"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":1},"layers":[],"manifests":[]}""")]
    public void A_hostile_manifest_is_a_clear_error(string json)
    {
        var error = Assert.Throws<BuilderException>(() => OciJson.ReadManifest(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(OciErrors.InvalidDocument, error.Code);
    }

    [Theory]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":1}}""")]
    [InlineData("""{"schemaVersion":2,"layers":null,"config":{"mediaType":"x","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":1}}""")]
    public void Missing_and_null_layers_are_no_layers(string json) =>
        Assert.Empty(OciJson.ReadManifest(Encoding.UTF8.GetBytes(json)).Layers);

    [Fact]
    public void A_document_over_four_mebibytes_is_refused() =>
        Assert.Throws<BuilderException>(() => OciJson.ReadIndex(new byte[OciJson.MaxDocumentSize + 1]));

    [Fact]
    public void An_index_offers_the_best_match_and_skips_attestations()
    {
        var index = new ImageIndex
        {
            Manifests =
            [
                Entry("a", new Platform("unknown", "unknown")),
                Entry("b", new Platform("arm64", "linux")),
                Entry("c", new Platform("386", "linux")),
                Entry("d", new Platform("amd64", "linux")),
            ],
        };
        Assert.Equal(Digest.OfText("d"), index.Choose(new Platform("amd64", "linux"))?.Digest);
        Assert.Equal(Digest.OfText("c"), index.Choose(new Platform("386", "linux"))?.Digest);
        Assert.Null(index.Choose(new Platform("s390x", "linux")));
    }

    private static Descriptor Entry(string name, Platform platform) =>
        new(MediaTypes.OciManifest, Digest.OfText(name), 1) { Platform = platform };
}
