using Builder.MSBuild.Tests.Support;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tests;

/// <summary>One error each, with a code, a place and a page about it; no exception, nothing half done.</summary>
public sealed class BadInputTests(BadInputCases cases) : IClassFixture<BadInputCases>
{
    private readonly PlainProject project = cases.Project;

    [Fact]
    public async Task A_mistake_in_the_Dockerfile_is_an_error_at_its_place()
    {
        var error = (await project.BuildAsync("wrong", "FROM scratch\nCOPY note /\n  RUNN make\n")).ExpectError("BLD3003");
        Assert.Equal((project.PathOf("wrong"), 3, 3), (error.File, error.LineNumber, error.ColumnNumber));
        Assert.Equal((3, 7), (error.EndLineNumber, error.EndColumnNumber));
    }

    [Fact]
    public async Task A_step_that_fails_is_an_error_at_its_line_and_leaves_nothing()
    {
        var run = await project.BuildAsync("failing", "FROM dotnet-base\nRUN echo what it said; exit 7\n", "ContainerArchiveOutputPath=out/failing.tar");
        var error = run.ExpectError("BLD1001");
        Assert.Equal((project.PathOf("failing"), 2), (error.File, error.LineNumber));
        Assert.Contains("exit code: 7", error.Message, StringComparison.Ordinal);
        Assert.Contains(run.Events.OfType<BuildMessageEventArgs>(), message => message.Importance == MessageImportance.High && message.Message!.Contains("what it said", StringComparison.Ordinal));
        Assert.False(await project.Workspace.IsInStoreAsync("failing"));
        Assert.False(File.Exists(project.PathOf("out/failing.tar")));
        Assert.Empty(Directory.GetFiles(project.PathOf("obj"), "failing.image", SearchOption.AllDirectories));

        // And it is tried again.
        Assert.True((await project.BuildAsync("failing", "FROM dotnet-base\n")).ExpectSuccess().HasBuilt);
    }

    [Theory]
    [InlineData("BLD6001", "OutputType=Exe", "UseDefaultDockerfile=false", "DockerfilePublishContext=true")]
    [InlineData("BLD6002", "DockerfilePath=Known", "_ImageHost=osx-arm64")]
    [InlineData("BLD6002", "DockerfilePath=Known", "_ImageHost=linux-musl-x64")]
    [InlineData("BLD6003", "DockerfilePath=Known", "BuilderProgram=/nowhere/builder")]
    [InlineData("BLD6004", "DockerfilePath=Known", "DockerfileContext=nowhere")]
    [InlineData("BLD6004", "DockerfilePath=Known", "ContainerRuntimeIdentifier=win-x64")]
    [InlineData("BLD6004", "DockerfilePath=Known", "ContainerImageFormat=Zip", "ContainerArchiveOutputPath=x.tar")]
    public void A_project_that_cannot_have_an_image_is_told_why(string code, params string[] properties)
    {
        var error = cases.ErrorOf(code, properties);
        Assert.Equal(cases.Project.PathOf("plain.csproj"), error.File);
    }

    [Theory]
    [InlineData("BLD6001", "<DockerfileImage Include=\"nowhere\" />")]
    [InlineData("BLD6004", "<DockerfileImage Include=\"Known\" Push=\"perhaps\" />")]
    [InlineData("BLD6004", "<DockerfileImage Include=\"Known\" Context=\"nowhere\" />")]
    [InlineData("BLD6004", "<DockerfileImage Include=\"Known\" Contexts=\"name\" />")]
    [InlineData("BLD6006", "<DockerfileImage Include=\"Known\" Tag=\"x:1\" /><DockerfileImage Include=\"Known\" Tag=\"y:1;x:1\" />")]
    [InlineData("BLD2050", "<DockerfileImage Include=\"Known\" Tag=\"No/Image Name\" />")]
    [InlineData("BLD2051", "<DockerfileImage Include=\"Known\" Platforms=\"a/b/c/d/e\" />")]
    [InlineData("BLD2062", "<DockerfileImage Include=\"Known\" Secrets=\"id=x,src=nowhere\" />")]
    [InlineData("BLD1009", "<DockerfileImage Include=\"Known\" Outputs=\"type=sofa,dest=x\" />")]
    [InlineData("BLD2001", "<DockerfileImage Include=\"Known\" Options=\"--no-such-option\" />")]
    [InlineData("BLD3100", "<DockerfileImage Include=\"Known\" TargetStage=\"none\" />")]
    public async Task A_wrong_value_of_an_item_is_an_error(string code, string items)
    {
        cases.ErrorOf(code, items);
        Assert.False(await cases.Project.Workspace.IsInStoreAsync("x:1"));
    }

    [Fact]
    public async Task A_metadata_that_is_nearly_one_is_a_warning()
    {
        project.Workspace.Write("plain/Known", "FROM scratch\nCOPY Known /\n");
        var run = (await project.BuildItemsAsync("<DockerfileImage Include=\"Known\" Tags=\"x:1\" Mine=\"1\" />")).ExpectSuccess();
        var warning = Assert.Single(run.Warnings);
        Assert.Equal("BLD6005", warning.Code);
        Assert.Contains("did you mean Tag?", warning.Message, StringComparison.Ordinal);
        run.AssertHelps("BLD6005");
    }
}
