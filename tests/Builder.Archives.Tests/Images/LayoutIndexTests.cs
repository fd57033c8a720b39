using Builder.Archives.Images;
using Builder.Oci;

namespace Builder.Archives.Tests.Images;

public sealed class LayoutIndexTests
{
    private static readonly Descriptor A = new Descriptor(MediaTypes.OciManifest, Digest.OfText("a"), 1).Annotate(AnnotationKeys.RefName, "latest");

    private static readonly Descriptor B = new Descriptor(MediaTypes.OciManifest, Digest.OfText("b"), 1)
        .Annotate(AnnotationKeys.RefName, "1").Annotate(AnnotationKeys.ContainerdImageName, "docker.io/library/b:1");

    [Fact]
    public void Without_a_name_there_must_be_one_image()
    {
        Assert.Same(A, LayoutIndex.Find(new ImageIndex { Manifests = [A, A.Annotate("x", "y")] }, null));
        Assert.Null(LayoutIndex.Find(new ImageIndex { Manifests = [A, B] }, null));
        Assert.Null(LayoutIndex.Find(new ImageIndex(), null));
    }

    [Theory]
    [InlineData("latest", true)]
    [InlineData("1", false)]
    [InlineData("b:1", false)]
    [InlineData("docker.io/library/b:1", false)]
    public void A_name_is_a_full_name_or_a_ref_name(string name, bool isA) =>
        Assert.Same(isA ? A : B, LayoutIndex.Find(new ImageIndex { Manifests = [A, B] }, name));

    [Fact]
    public void An_unknown_name_finds_nothing() => Assert.Null(LayoutIndex.Find(new ImageIndex { Manifests = [A] }, "c:1"));
}
