using Builder.Dockerfile;

namespace Builder.Graph.Tests.Compilation;

/// <summary>Rule D6: which <c># syntax=</c> lines name the language that Builder reads.</summary>
public sealed class FrontEndTests : CompilerTest
{
    [Theory]
    [InlineData("docker/dockerfile:1")]
    [InlineData("docker/dockerfile:1.26-labs with arguments")]
    [InlineData("docker.io/docker/dockerfile")]
    [InlineData("docker/dockerfile-upstream:master")]
    [InlineData("mirror.example.com:5000/docker/dockerfile:1")]
    public async Task The_dockerfile_language_is_built_in(string name) =>
        Assert.Equal("u", (await ConfigOf($"# syntax={name}\nFROM scratch\nUSER u\n")).User);

    [Fact]
    public async Task Another_one_is_refused_at_its_place()
    {
        var error = await ErrorOf("# syntax=example.com/other/language:1\nFROM scratch\n");
        Assert.Equal((DockerfileErrors.OtherFrontEnd, 1, 10), (error.Code, error.Span!.Line, error.Span.Column));
        Assert.Equal(3, error.Code.ExitCode);
    }

    [Fact]
    public async Task The_build_argument_overrides_the_line()
    {
        Assert.Equal("u", (await ConfigOf("# syntax=other/language\nFROM scratch\nUSER u\n", WithArgs(("BUILDKIT_SYNTAX", "dockerfile.v0")))).User);
        Assert.Null((await ErrorOf("# syntax=docker/dockerfile:1\nFROM scratch\n", WithArgs(("BUILDKIT_SYNTAX", "other/language")))).Span);
    }
}
