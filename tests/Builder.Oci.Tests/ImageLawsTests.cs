using Builder.Diagnostics;

namespace Builder.Oci.Tests;

public sealed class ImageLawsTests
{
    private static readonly DiffId Layer = new(Digest.OfText("layer"));

    private static readonly ImageManifest Manifest = new()
    {
        Config = new Descriptor(MediaTypes.OciConfig, Digest.OfText("config"), 6),
        Layers = [new Descriptor(MediaTypes.OciLayer, Layer.Digest, 5)],
    };

    private static readonly ImageConfig Config = new()
    {
        Architecture = "amd64",
        Os = "linux",
        RootFs = new RootFs { DiffIds = [Layer] },
        History = [new HistoryEntry { CreatedBy = "COPY" }, new HistoryEntry { CreatedBy = "CMD", EmptyLayer = true }],
    };

    [Fact]
    public void A_sound_image_breaks_no_law() => Assert.Empty(ImageLaws.Violations(Manifest, Config));

    [Fact]
    public void A_missing_diff_id_breaks_two() =>
        Assert.Equal(2, ImageLaws.Violations(Manifest, Config with { RootFs = new RootFs() }).Count());

    [Fact]
    public void A_history_of_another_length_is_named() =>
        Assert.Contains("history", Assert.Throws<BuilderException>(() => ImageLaws.Require(Manifest, Config with { History = [new HistoryEntry(), new HistoryEntry()] })).Message, StringComparison.Ordinal);

    [Fact]
    public void Content_must_have_the_size_and_the_digest_it_claims()
    {
        Assert.Null(ImageLaws.Violation(Manifest.Config, "config"u8));
        Assert.Contains("bytes", ImageLaws.Violation(Manifest.Config, "configs"u8), StringComparison.Ordinal);
        Assert.Contains("hashes to", ImageLaws.Violation(Manifest.Config, "konfig"u8), StringComparison.Ordinal);
    }
}
