using Builder.MSBuild.Tests.Support;

namespace Builder.MSBuild.Tests;

/// <summary>Build checks are MSBuild's warnings: at their place, under a code that projects can speak of.</summary>
public sealed class WarningTests(PlainProject project) : IClassFixture<PlainProject>
{
    private const string Dockerfile = "FROM scratch\nCOPY checked /\nMAINTAINER somebody\nCMD run me\n";

    [Fact]
    public async Task A_finding_is_a_warning_at_its_place()
    {
        var run = (await project.BuildAsync("checked", Dockerfile)).ExpectSuccess();
        var warnings = run.Warnings.OrderBy(warning => warning.LineNumber).ToList();
        Assert.Equal(["BLD6108", "BLD6107"], warnings.Select(warning => warning.Code));
        Assert.Equal((project.PathOf("checked"), 3, 1), (warnings[0].File, warnings[0].LineNumber, warnings[0].ColumnNumber));
        Assert.StartsWith("MaintainerDeprecated: ", warnings[0].Message, StringComparison.Ordinal);
        Assert.Equal("https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/", run.AssertHelps("BLD6108").AbsoluteUri);
    }

    [Fact]
    public async Task A_project_silences_what_it_does_not_want_to_hear()
    {
        var warnings = (await project.BuildAsync("checked", Dockerfile, "NoWarn=BLD6107")).ExpectSuccess().Warnings;
        Assert.DoesNotContain(warnings, warning => warning.Code == "BLD6107");
    }

    [Theory]
    [InlineData("WarningsAsErrors=BLD6108")]
    [InlineData("TreatWarningsAsErrors=true", "NoWarn=BLD6107")]
    [InlineData("TreatWarningsAsErrors=true", "WarningsNotAsErrors=BLD6107")]
    public async Task A_finding_that_is_an_error_comes_before_anything_is_built(params string[] properties)
    {
        var run = await project.BuildAsync("strict", Dockerfile.Replace("checked", "strict", StringComparison.Ordinal), properties);
        var error = run.ExpectError("BLD6108");
        Assert.Equal((project.PathOf("strict"), 3, 1), (error.File, error.LineNumber, error.ColumnNumber));
        Assert.False(await project.Workspace.IsInStoreAsync("strict"));
    }
}
