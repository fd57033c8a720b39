using Builder.Diagnostics;
using CsCheck;

namespace Builder.Oci.Tests;

public sealed class ImageReferenceTests
{
    private const string D = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("alpine:3.20", "docker.io/library/alpine:3.20", "alpine:3.20")]
    [InlineData("user/app", "docker.io/user/app:latest", "user/app:latest")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("index.docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("localhost:5000/app:1", "localhost:5000/app:1", "localhost:5000/app:1")]
    [InlineData("127.0.0.1:5000/a/b", "127.0.0.1:5000/a/b:latest", "127.0.0.1:5000/a/b:latest")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest")]
    [InlineData("localhost", "docker.io/library/localhost:latest", "localhost:latest")]
    [InlineData("example.com", "docker.io/library/example.com:latest", "example.com:latest")]
    [InlineData("app@" + D, "docker.io/library/app@" + D, "app@" + D)]
    [InlineData("app:1@" + D, "docker.io/library/app:1@" + D, "app:1@" + D)]
    [InlineData("a__b--c/e.f_g", "docker.io/a__b--c/e.f_g:latest", "a__b--c/e.f_g:latest")]
    public void Names_are_completed_and_shortened(string text, string full, string familiar)
    {
        var reference = ImageReference.Parse(text);
        Assert.Equal((full, familiar), (reference.ToString(), reference.Familiar));
    }

    [Theory]
    [InlineData("", "separated by")]
    [InlineData("Alpine", "repository name must be lowercase")]
    [InlineData("a:b:c", "separated by")]
    [InlineData("a:", "a tag is")]
    [InlineData("a:-x", "a tag is")]
    [InlineData("a@sha256:12", "not a digest")]
    [InlineData("a//b", "separated by")]
    [InlineData("/a", "separated by")]
    [InlineData("a b", "separated by")]
    [InlineData("../a", "not a host")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "image id")]
    [InlineData("http://localhost:5000/a", "separated by")]
    public void Bad_names_say_why(string text, string why)
    {
        var error = Assert.Throws<BuilderException>(() => ImageReference.Parse(text));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Code.ExitCode);
    }

    [Fact]
    public void A_name_too_long_is_refused() => Assert.False(ImageReference.TryParse(new string('a', 256), out _));

    [Fact]
    public void What_parses_is_stable() =>
        Gen.Char["abz09._-/:@A"].Array[0, 40].Select(chars => new string(chars)).Sample(text =>
            !ImageReference.TryParse(text, out var reference)
            || (ImageReference.Parse(reference.ToString()) == reference && ImageReference.Parse(reference.Familiar) == reference));
}
