using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Why a step was not cached, and how two images differ.</summary>
public sealed class ExplainTests
{
    private const string Dockerfile = """
        FROM base
        WORKDIR /app
        COPY package.json package-lock.json ./
        ARG VERSION=1
        RUN cat package-lock.json > out
        COPY src src
        RUN echo $VERSION > version
        """;

    [Fact]
    public async Task A_miss_is_told_by_the_file_that_changed_and_the_line_that_copies_it()
    {
        using var scene = Prepare();
        (await scene.BuildAsync(Dockerfile)).ExpectSuccess();
        scene.Files.Write("context/package-lock.json", "changed");
        var second = (await scene.BuildAsync(Dockerfile, "--explain")).ExpectSuccess();
        Assert.Contains("not cached: package-lock.json changed\n", second.Error, StringComparison.Ordinal);
        Assert.Contains("not cached: package-lock.json changed (COPY, line 3)\n", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("never ran", second.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo x > context/src/new", "COPY src src", "src/new was added")]
    [InlineData("rm context/src/b", "COPY src src", "src/b was removed")]
    [InlineData("chmod 600 context/src/a", "COPY src src", "the mode of src/a changed (nothing but modes: --context-mode=normalize does not look at them)")]
    public async Task What_happened_to_the_file_is_told(string change, string instruction, string why)
    {
        using var scene = Prepare();
        (await scene.BuildAsync(Dockerfile)).ExpectSuccess();
        (await Tool.RunAsync("/bin/sh", "-c", $"cd {scene.Files.Path}; {change}")).ExpectSuccess();
        var steps = await MissesAsync(scene, Dockerfile);
        Assert.Equal(why, steps[0].GetProperty("why").GetString());
        Assert.Equal(instruction, steps[0].GetProperty("instruction").GetString());
        Assert.Equal(6, steps[1].GetProperty("causeLine").GetInt32());
    }

    [Fact]
    public async Task Arguments_commands_and_options_are_told()
    {
        using var scene = Prepare();
        (await scene.BuildAsync(Dockerfile)).ExpectSuccess();
        var argument = await MissesAsync(scene, Dockerfile, "--build-arg", "VERSION=2");
        Assert.Equal("VERSION was `1`, is `2`", argument[0].GetProperty("why").GetString());
        var command = await MissesAsync(scene, Dockerfile.Replace("echo $VERSION", "echo v$VERSION", StringComparison.Ordinal));
        Assert.Equal("the command was `echo $VERSION > version`", Assert.Single(command).GetProperty("why").GetString());
        var fresh = await MissesAsync(scene, Dockerfile, "--no-cache");
        Assert.All(fresh, step => Assert.Equal("the cache was not asked (--no-cache)", step.GetProperty("why").GetString()));
    }

    [Fact]
    public async Task A_step_that_never_ran_says_so_and_nothing_is_told_of_a_cached_build()
    {
        using var scene = Prepare();
        Assert.Contains("not cached: it never ran before in this store\n", (await scene.BuildAsync(Dockerfile, "--explain")).ExpectSuccess().Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not cached", (await scene.BuildAsync(Dockerfile, "--explain")).ExpectSuccess().Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_images_are_compared_down_to_their_files()
    {
        using var scene = Prepare();
        (await scene.BuildAsync(Dockerfile, "-t", "one")).ExpectSuccess();
        scene.Files.Write("context/src/a", "changed");
        File.SetLastWriteTimeUtc(scene.Files.PathOf("context/src/a"), DateTime.UnixEpoch);
        (await scene.BuildAsync(Dockerfile, "-t", "two", "--label", "colour=red")).ExpectSuccess();
        var differences = (await scene.Builder.RunAsync("explain", "one", "two")).ExpectSuccess().Output;
        Assert.Contains("label colour: (none) → red\n", differences, StringComparison.Ordinal);
        Assert.Contains("file app/src/a: ", differences, StringComparison.Ordinal);
        Assert.DoesNotContain("file app/src/b", differences, StringComparison.Ordinal);
        Assert.Equal("the images are alike\n", (await scene.Builder.RunAsync("explain", "one", "one")).ExpectSuccess().Output);
    }

    private static BuildScene Prepare()
    {
        var scene = new BuildScene();
        scene.Files.Write("context/package.json", "{}");
        scene.Files.Write("context/package-lock.json", "{}");
        scene.Files.Write("context/src/a", "a");
        scene.Files.Write("context/src/b", "b");
        return scene;
    }

    private static async Task<IReadOnlyList<JsonElement>> MissesAsync(BuildScene scene, string dockerfile, params string[] options)
    {
        var result = (await scene.BuildAsync(dockerfile, ["--explain=json", .. options])).ExpectSuccess();
        return [.. JsonDocument.Parse(result.Output).RootElement.GetProperty("steps").EnumerateArray()];
    }
}
