using System.Diagnostics;
using System.Text.RegularExpressions;
using Builder.EndToEnd.Support;
using Builder.MSBuild.Tests.Support;

namespace Builder.MSBuild.Tests;

/// <summary>How the package behaves as a part of a build: when it runs at all, with which program, how it ends, what it shows.</summary>
public sealed class BuildBehaviourTests(PlainProject project) : IClassFixture<PlainProject>
{
    [Fact]
    public async Task Design_time_builds_run_nothing()
    {
        var run = (await project.BuildAsync("design", "FROM scratch\nCOPY design /\n", "DesignTimeBuild=true", "BuildImageOnPublish=true")).ExpectSuccess();
        Assert.False(run.HasBuilt);
        Assert.False(await project.Workspace.IsInStoreAsync("design"));
    }

    [Fact]
    public async Task Without_a_native_program_dotnet_runs_the_other_one()
    {
        var run = (await project.BuildAsync("managed", "FROM scratch\nCOPY managed /\n", "BuilderUsesNative=false")).ExpectSuccess();
        Assert.Contains(run.Messages, message => message.StartsWith("started ", StringComparison.Ordinal) && message.EndsWith("/tools/any/builder.dll", StringComparison.Ordinal));
        Assert.True(await project.Workspace.IsInStoreAsync("managed"));
    }

    [Fact]
    public async Task The_program_of_the_package_fits_this_machine()
    {
        if (!PackageFeed.HasNative)
        {
            Assert.Skip("needs BUILDER_NATIVE to name the native program (tests/run publishes it)");
        }

        var run = (await project.BuildAsync("native", "FROM scratch\nCOPY native /\n")).ExpectSuccess();
        Assert.Contains(run.Messages, message => message.StartsWith("started ", StringComparison.Ordinal) && message.EndsWith("/builder", StringComparison.Ordinal));
        Assert.True(await project.Workspace.IsInStoreAsync("native"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("BuildImagePush=false", false)]
    public async Task A_registry_of_the_project_gets_the_image(string property, bool isPushed)
    {
        await using var registry = await RegistryServer.StartAsync();
        string[] properties = [$"ContainerRegistry={registry.Host}", "ContainerImageTag=3", .. property.Length > 0 ? new[] { property } : []];
        (await project.BuildAsync("registered", "FROM scratch\nCOPY registered /\n", properties)).ExpectSuccess();
        var image = Assert.Single(project.Workspace.Built("plain"));
        Assert.Equal(($"{registry.Host}/registered:3", isPushed), (image.Name, image.Pushed));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
        var asked = await client.GetAsync(new Uri($"http://{registry.Host}/v2/registered/manifests/3"), TestContext.Current.CancellationToken);
        Assert.Equal(isPushed, asked.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("quiet", false, false)]
    [InlineData("minimal", true, false)]
    [InlineData("normal", true, true)]
    public async Task More_verbosity_shows_more(string verbosity, bool showsImage, bool showsSteps)
    {
        var name = "shown-" + verbosity;
        project.Workspace.Write($"plain/{name}", $"FROM dotnet-base\nRUN echo output of {name}\n");
        var run = (await project.Workspace.DotnetAsync("plain", "msbuild", "-t:BuildImage", $"-p:DockerfilePath={name}", $"-p:ContainerRepository={name}", $"-v:{verbosity}", "-tl:off")).ExpectSuccess();
        Assert.Equal(showsImage, run.Result.Output.Contains($"plain -> {name}:1.0.0", StringComparison.Ordinal));
        Assert.Equal(showsSteps, run.Result.Output.Contains($" output of {name}\n", StringComparison.Ordinal));
    }

    /// <summary>The terminal logger shows errors with their places, as other loggers do.</summary>
    [Fact]
    public async Task The_terminal_logger_shows_where_it_is_wrong()
    {
        project.Workspace.Write("plain/terminal", "FROM scratch\nNONE of it\n");
        var run = await project.Workspace.DotnetAsync("plain", "msbuild", "-t:BuildImage", "-p:DockerfilePath=terminal", "-tl:on");
        run.ExpectError("BLD3003");
        var text = Regex.Replace(run.Result.Output, @"\x1b(\][^\x1b]*\x1b\\|\[[0-9;?]*[A-Za-z])", "");
        Assert.Matches(@"terminal\(2,1(,2,5)?\): error BLD3003", text);
    }

    [Fact]
    public async Task Giving_up_ends_everything()
    {
        project.Workspace.Write("plain/endless", "FROM dotnet-base\nRUN echo begun; sleep 987654\n");
        var run = await project.Workspace.DotnetAsync("plain", ["msbuild", "-t:BuildImage", "-p:DockerfilePath=endless", "-p:ContainerRepository=endless"], new ToolOptions
        {
            Timeout = TimeSpan.FromMinutes(2),
            Started = dotnet => _ = Task.Run(async () =>
            {
                for (var i = 0; i < 600 && !StepIsRunning(); i++)
                {
                    await Task.Delay(100);
                }

                using var kill = Process.Start("/bin/kill", ["-INT", dotnet.Id.ToString()]);
                await kill.WaitForExitAsync();
            }),
        });
        Assert.NotEqual(0, run.Result.ExitCode);
        Assert.DoesNotContain("MSB4018", run.Result.Output, StringComparison.Ordinal);
        Assert.False(StepIsRunning());
        Assert.DoesNotContain(Commands(), command => command.Contains(project.PathOf("endless"), StringComparison.Ordinal));
        Assert.False(await project.Workspace.IsInStoreAsync("endless"));
        Assert.Empty(Directory.GetFiles(project.PathOf("obj"), "endless.image", SearchOption.AllDirectories));
    }

    private static bool StepIsRunning() => Commands().Any(command => command.StartsWith("sleep 987654", StringComparison.Ordinal));

    private static IEnumerable<string> Commands() => Directory.EnumerateDirectories("/proc").Select(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    });
}
