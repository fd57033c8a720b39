using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Looking into a step: kept as an image, in a shell after it failed, in a shell before it runs.</summary>
public sealed class FailedStepTests
{
    private const string Dockerfile = """
        FROM base
        WORKDIR /work
        ENV COLOUR=red
        RUN echo before > before
        RUN echo half > half && exit 3
        """;

    [Fact]
    public async Task What_a_failed_step_left_is_an_image_to_go_on_from()
    {
        using var scene = new BuildScene();
        Assert.Equal(1, (await scene.BuildAsync(Dockerfile, "--keep-failed=wreck")).ExitCode);
        Assert.Equal("half before red\n", (await scene.Builder.RunAsync("run", "wreck", "sh", "-c", "echo $(cat half before) $COLOUR")).ExpectSuccess().Output);
        Assert.Contains(" half\n", (await scene.BuildAsync("FROM wreck\nRUN cat half\n")).ExpectSuccess().Error, StringComparison.Ordinal);
        scene.Builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task A_shell_has_the_files_the_environment_and_the_mounts_of_the_step_that_failed()
    {
        using var scene = new BuildScene();
        scene.Files.Write("secret", "hush");
        const string Mounting = "FROM base\nENV COLOUR=red\nRUN --mount=type=secret,id=s echo half > /half && exit 3\n";
        scene.Files.Write("context/Dockerfile", Mounting);
        var failed = await ShellAsync(scene, "echo in $COLOUR $(cat /half) $(cat /run/secrets/s); touch /changed", "--on-error=shell", "--secret", $"id=s,src={scene.Files.PathOf("secret")}");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("in red half hush\n", failed.Output, StringComparison.Ordinal);
        Assert.Contains("exit code: 3", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_stops_before_a_line_and_goes_on()
    {
        using var scene = new BuildScene();
        const string Working = "FROM base\nRUN echo one > /one\nRUN echo two > /two\nCOPY Dockerfile /\n";
        (await scene.BuildAsync(Working)).ExpectSuccess();
        var looked = await ShellAsync(scene, "ls -d /one /two; touch /changed", "--break", "3");
        looked.ExpectSuccess();
        Assert.StartsWith("/one\n", looked.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/two", looked.Output, StringComparison.Ordinal);
        var before = await ShellAsync(scene, "ls -d /two /Dockerfile", "--break", "4");
        Assert.StartsWith("/two\n", before.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/Dockerfile", before.Output, StringComparison.Ordinal);
    }

    private static async Task<ToolResult> ShellAsync(BuildScene scene, string script, params string[] options)
    {
        var program = BuilderProgram.PathOf(Flavour.Native);
        var arguments = string.Join(' ', options.Select(option => $"'{option}'"));
        return await Tool.RunAsync(
            "/bin/sh",
            ["-c", $"echo '{script}' | '{program}' build --progress=plain --build-context base={scene.Files.PathOf("base")} {arguments} {scene.Context}"],
            ToolOptions.Default with { Environment = new Dictionary<string, string> { ["BUILDER_ROOT"] = scene.Builder.Store, ["HOME"] = scene.Files.Path } });
    }
}
