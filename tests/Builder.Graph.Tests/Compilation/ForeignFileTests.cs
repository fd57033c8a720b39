using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Graph.Compilation;

namespace Builder.Graph.Tests.Compilation;

/// <summary>A file for another front end is found out before it is parsed (rule D6).</summary>
public class ForeignFileTests
{
    [Theory]
    [InlineData("docker/dockerfile:1")]
    [InlineData("docker/dockerfile:1.7-labs")]
    [InlineData("docker.io/docker/dockerfile:1")]
    [InlineData("docker/dockerfile-upstream:master-labs")]
    [InlineData("mirror.example.com:5000/hub/docker/dockerfile:1")]
    [InlineData("docker/dockerfile@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("docker/dockerfile:1 --with arguments")]
    public void Dockers_front_end_is_what_this_program_reads(string frontend) =>
        Assert.Single(Parse($"# syntax={frontend}\nFROM scratch\n").Stages);

    [Fact]
    public void Another_front_end_is_refused_before_its_language_is_misread()
    {
        var error = Assert.Throws<DockerfileException>(() => Parse("# syntax=example.com/mocker:1\nimages: []\n"));
        Assert.Equal((DockerfileErrors.OtherFrontEnd, 1), (error.Code, error.Span!.Line));
        Assert.Contains("example.com/mocker:1", error.Message, StringComparison.Ordinal);
        Assert.Contains("--build-arg BUILDKIT_SYNTAX=dockerfile.v0", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void The_build_argument_comes_first()
    {
        Assert.Single(Parse("# syntax=example.com/mocker:1\nFROM scratch\n", "dockerfile.v0").Stages);
        Assert.Single(Parse("# syntax=example.com/mocker:1\nFROM scratch\n", "docker/dockerfile:1").Stages);
        var error = Assert.Throws<DockerfileException>(() => Parse("# syntax=docker/dockerfile:1\nFROM scratch\n", "example.com/mocker"));
        Assert.Equal(DockerfileErrors.OtherFrontEnd, error.Code);
    }

    [Fact]
    public void An_empty_file_is_empty() =>
        Assert.Equal(DockerfileErrors.NothingToBuild, Assert.ThrowsAny<BuilderException>(() => Parse("")).Code);

    private static Builder.Dockerfile.Syntax.DockerfileSyntax Parse(string text, string? buildArg = null) => FrontEnd.Parse(
        new SourceText("Dockerfile", text), buildArg is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["BUILDKIT_SYNTAX"] = buildArg });
}
