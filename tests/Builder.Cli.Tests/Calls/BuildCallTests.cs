using Builder.Cli.Calls;
using Builder.Diagnostics;

namespace Builder.Cli.Tests.Calls;

public class BuildCallTests
{
    [Theory]
    [InlineData(null, false, "Build Text False")]
    [InlineData(null, true, "Check Text False")]
    [InlineData("build", false, "Build Text False")]
    [InlineData("check", true, "Check Text False")]
    [InlineData("lint", false, "Check Text False")]
    [InlineData("outline,format=json", false, "Outline Json False")]
    [InlineData("targets,format=text", false, "Targets Text False")]
    [InlineData("check,format=sarif,ignorestatus", false, "Check Sarif True")]
    [InlineData("format=sarif", true, "Check Sarif False")]
    public void A_call_is_read(string? call, bool check, string expected)
    {
        var parsed = BuildCall.Parse(call, check);
        Assert.Equal(expected, $"{parsed.Method} {parsed.Format} {parsed.IgnoreStatus}");
    }

    [Theory]
    [InlineData("chek", false, "did you mean check?")]
    [InlineData("check,format=jsno", false, "did you mean json?")]
    [InlineData("outline", true, "--check is short for")]
    [InlineData("outline,format=sarif", false, "--call=check,format=sarif")]
    [InlineData("check,frmat=json", false, "format=json")]
    public void A_call_that_does_not_exist_is_a_usage_error(string call, bool check, string hint)
    {
        var error = Assert.Throws<BuilderException>(() => BuildCall.Parse(call, check));
        Assert.Equal((CliErrors.UnknownCall, 2), (error.Code, error.Code.ExitCode));
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }
}
