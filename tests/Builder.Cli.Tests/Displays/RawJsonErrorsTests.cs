using System.Text.Json;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Runners;

namespace Builder.Cli.Tests.Displays;

/// <summary>What a program reads of errors and findings with <c>--progress=rawjson</c>.</summary>
public class RawJsonErrorsTests
{
    private static readonly SourceText Source = new("/p/Dockerfile", "FROM a\nRUNN make\n");

    [Fact]
    public void An_error_has_code_place_causes_and_hint()
    {
        var error = Single(new BuilderException(new ErrorCode(3003), "no RUNN", "did you mean RUN?", Source.Span(7, 4), new InvalidOperationException("a cause")));
        Assert.Equal(
            """{"code":"BLD3003","message":"no RUNN","hint":"did you mean RUN?","causes":["a cause"],"sourceInfo":{"filename":"/p/Dockerfile"},"range":[{"start":{"line":2,"character":0},"end":{"line":2,"character":4}}]}""",
            error.GetRawText());
    }

    [Fact]
    public void A_step_that_failed_tells_its_last_lines() => Assert.Equal(
        """["one","two"]""", Single(new StepFailedException("make", 2, null, ["one", "two"])).GetProperty("output").GetRawText());

    [Fact]
    public void Errors_that_come_together_are_a_line_each() => Assert.Equal(
        2, RawJsonErrors.Render(new BuilderException(new ErrorCode(3003), "a").FollowedBy([new BuilderException(new ErrorCode(3006), "b")])).Count());

    [Fact]
    public void A_finding_has_its_file_its_page_and_what_to_do()
    {
        var lines = new List<string>();
        using var display = new RawJsonDisplay(lines.Add);
        display.Warn(new Diagnostic("StageNameCasing", Severity.Warning, "message", Source.Span(0, 4), "lower it"));
        var warning = JsonDocument.Parse(Assert.Single(lines)).RootElement.GetProperty("warnings")[0];
        Assert.Equal("https://docs.docker.com/go/dockerfile/rule/stage-name-casing/", warning.GetProperty("url").GetString());
        Assert.Equal("/p/Dockerfile", warning.GetProperty("sourceInfo").GetProperty("filename").GetString());
        Assert.Equal("lower it"u8, warning.GetProperty("detail")[0].GetBytesFromBase64());
    }

    private static JsonElement Single(BuilderException error) => JsonDocument.Parse(Assert.Single(RawJsonErrors.Render(error))).RootElement.GetProperty("errors")[0];
}
