using Builder.Diagnostics;
using Builder.Engine.Contexts;
using Builder.Engine.Sources;
using Builder.Graph.Compilation;
using Builder.Oci;
using Builder.Testing;

namespace Builder.Engine.Tests.Contexts;

public class NamedContextParserTests
{
    private const string Sha = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact] // K1
    public void Values_are_known_by_their_prefix()
    {
        Assert.IsType<FolderContext>(NamedContextParser.Parse("x", "../lib"));
        Assert.IsType<FolderContext>(NamedContextParser.Parse("x", "a:b"));
        Assert.IsType<ScratchContext>(NamedContextParser.Parse("x", "docker-image://scratch"));
        Assert.Equal(new ImageContext(ImageReference.Parse("alpine:3")), NamedContextParser.Parse("x", "docker-image://alpine:3"));
    }

    [Theory] // K1
    [InlineData("oci-layout://dir", "dir", null)]
    [InlineData("oci-layout:///a/dir:v1", "/a/dir", "v1")]
    [InlineData("oci-layout://a:b/dir", "a:b/dir", null)]
    [InlineData("oci-layout://dir@" + Sha, "dir", Sha)]
    [InlineData("oci-layout://dir@home", "dir@home", null)]
    public void A_layout_may_name_a_tag_or_a_digest(string value, string path, string? reference) =>
        Assert.Equal(new LayoutContext(path, reference), NamedContextParser.Parse("x", value));

    [Fact]
    public void A_colon_in_the_name_of_a_folder_that_exists_is_no_tag()
    {
        using var folder = new TemporaryFolder();
        var path = Directory.CreateDirectory(folder["a:b"]).FullName;
        Assert.Equal(new LayoutContext(path, null), NamedContextParser.Parse("x", "oci-layout://" + path));
        Assert.Equal(new LayoutContext(path, "v1"), NamedContextParser.Parse("x", $"oci-layout://{path}:v1"));
    }

    [Theory] // K1
    [InlineData("https://example.com/x.git", typeof(GitContext))]
    [InlineData("https://example.com/x.git#main:docs", typeof(GitContext))]
    [InlineData("git@example.com:x", typeof(GitContext))]
    [InlineData("ssh://git@example.com/x", typeof(GitContext))]
    [InlineData("github.com/owner/name", typeof(GitContext))]
    [InlineData("https://example.com/x.tar", typeof(HttpContext))]
    [InlineData("http://example.com/x.git/", typeof(HttpContext))]
    public void Urls_are_repositories_or_downloads(string value, Type kind) =>
        Assert.IsType(kind, NamedContextParser.Parse("x", value));

    [Theory] // K1
    [InlineData("target:base")]
    [InlineData("ftp://example.com/x")]
    [InlineData("file:///etc")]
    public void What_is_no_context_is_said_so(string value)
    {
        var error = Assert.Throws<BuilderException>(() => NamedContextParser.Parse("x", value));
        Assert.Equal(SourceErrors.UnsupportedContext, error.Code);
        Assert.Contains("unsupported context source", error.Message, StringComparison.Ordinal);
    }
}
