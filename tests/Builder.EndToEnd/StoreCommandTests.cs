using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>images, inspect, save, load and version, as scripts use them.</summary>
public sealed class StoreCommandTests
{
    [Fact]
    public async Task What_is_saved_can_be_loaded_elsewhere_and_is_the_same()
    {
        using var one = new BuilderProgram();
        var id = await BuildAsync(one);
        var archive = one.Files.PathOf("image.tar");
        (await one.RunAsync("save", "-o", archive, "registry.example/team/app:1.2")).ExpectSuccess();

        using var two = new BuilderProgram();
        var loaded = (await two.RunAsync("load", "-i", archive)).ExpectSuccess();
        Assert.Equal("Loaded image: registry.example/team/app:1.2", loaded.Output.Trim());
        Assert.Equal(id, (await two.RunAsync("images", "-q", "--no-trunc")).ExpectSuccess().Output.Trim());
        (await two.RunAsync("save", "-o", two.Files.PathOf("again.tar"), "registry.example/team/app:1.2")).ExpectSuccess();
        Assert.Equal(await File.ReadAllBytesAsync(archive), await File.ReadAllBytesAsync(two.Files.PathOf("again.tar")));
        Assert.Equal("hello\n", (await two.RunAsync("run", id)).ExpectSuccess().Output);
    }

    [Fact]
    public async Task A_Dockerfile_may_come_from_standard_input()
    {
        using var builder = new BuilderProgram();
        BusyboxBase.Make(builder.Files.PathOf("base"));
        var context = builder.Files.Folder("context");
        string[] arguments = ["build", "-f", "-", "--build-context", $"base={builder.Files.PathOf("base")}", context];
        var built = (await builder.RunAsync(arguments, new ToolOptions { Input = "FROM base\nRUN echo from stdin\n" })).ExpectSuccess();
        Assert.Contains(" from stdin", built.Error, StringComparison.Ordinal);
        var bad = (await builder.RunAsync(arguments, new ToolOptions { Input = "FROM base\nRUNN\n" })).Expect(3);
        Assert.Contains("stdin:2:1: error", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_that_cannot_be_written_are_no_success_but_a_reader_may_leave()
    {
        using var builder = new BuilderProgram();
        await BuildAsync(builder);
        var program = BuilderProgram.PathOf(Flavour.Native);
        var variables = new ToolOptions { Environment = new Dictionary<string, string> { ["BUILDER_ROOT"] = builder.Store } };
        var full = (await Tool.RunAsync("sh", ["-c", "\"$0\" images > /dev/full", program], variables)).Expect(5);
        Assert.Contains("error BLD5090: standard output could not be written: ENOSPC", full.Error, StringComparison.Ordinal);
        Assert.Equal("", (await Tool.RunAsync("sh", ["-c", "(sleep 0.2; \"$0\" images; echo $? >&2) | true", program], variables)).ExpectSuccess().Output);
    }

    [Fact]
    public async Task Options_come_from_the_environment_and_from_builder_json()
    {
        using var builder = new BuilderProgram();
        await BuildAsync(builder);
        builder.Files.Write("builder.json", """{ "images": { "format": "{{.Tag}}" }, "build": { "network": "host" } }""");
        var options = new ToolOptions { Environment = new Dictionary<string, string> { ["BUILDER_CONFIG"] = builder.Files.PathOf("builder.json"), ["BUILDER_IMAGES_NO_TRUNC"] = "true" } };
        Assert.Equal("latest\n1.2\n", (await builder.RunAsync(["images"], options)).ExpectSuccess().Output);
        Assert.Contains("registry.example/team/app", (await builder.RunAsync(["images", "--format", "table"], options)).ExpectSuccess().Output, StringComparison.Ordinal);
        var shown = (await builder.RunAsync(["config", "--format", "{{.Command}} {{.Option}}={{.Value}}"], options)).ExpectSuccess().Output;
        Assert.Contains("build --network=host\nimages --no-trunc=true\nimages --format={{.Tag}}\n", shown, StringComparison.Ordinal);
        Assert.Contains("\"all\"", (await builder.RunAsync(["config", "schema"], options)).ExpectSuccess().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_builds_share_a_store()
    {
        using var builder = new BuilderProgram();
        BusyboxBase.Make(builder.Files.PathOf("base"));
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", "FROM base\nRUN echo one > /one\nRUN echo two > /two\nCMD cat /one /two\n");
        var builds = Enumerable.Range(0, 4).Select(i => builder.RunAsync("build", "-t", $"app{i}", "--build-context", $"base={builder.Files.PathOf("base")}", context));
        Assert.All(await Task.WhenAll(builds), built => built.ExpectSuccess());
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("one\ntwo\n", (await builder.RunAsync("run", $"app{i}")).ExpectSuccess().Output);
        }

        builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task Images_prints_dockers_table()
    {
        using var builder = new BuilderProgram();
        var id = await BuildAsync(builder);
        var lines = (await builder.RunAsync("images")).ExpectSuccess().Output.Trim().Split('\n');
        Assert.Matches(@"^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE$", lines[0]);
        Assert.Matches($@"^app +latest +{id[7..19]} +.*(ago|second) +[0-9.]+[kM]?B$", lines[1]);
        Assert.Matches($@"^registry.example/team/app +1\.2 +{id[7..19]} ", lines[2]);
    }

    [Fact]
    public async Task Inspect_prints_dockers_json()
    {
        using var builder = new BuilderProgram();
        var id = await BuildAsync(builder);
        using var json = JsonDocument.Parse((await builder.RunAsync("inspect", id[7..17], "app")).ExpectSuccess().Output);
        Assert.Equal(2, json.RootElement.GetArrayLength());
        var image = json.RootElement[0];
        Assert.Equal(id, image.GetProperty("Id").GetString());
        Assert.Equal(["app:latest", "registry.example/team/app:1.2"], image.GetProperty("RepoTags").EnumerateArray().Select(tag => tag.GetString()!));
        Assert.Equal("linux", image.GetProperty("Os").GetString());
        var config = image.GetProperty("Config");
        Assert.Equal("ann", config.GetProperty("User").GetString());
        Assert.Equal("v", config.GetProperty("Labels").GetProperty("l").GetString());
        Assert.Equal("/srv", config.GetProperty("WorkingDir").GetString());
        Assert.True(config.GetProperty("ExposedPorts").TryGetProperty("80/tcp", out _));
        Assert.True(config.GetProperty("Volumes").TryGetProperty("/data", out _));
        Assert.Equal(["/bin/sh", "-c", "echo hello"], config.GetProperty("Cmd").EnumerateArray().Select(word => word.GetString()!));
        Assert.Equal(3, image.GetProperty("RootFS").GetProperty("Layers").GetArrayLength());
    }

    [Fact]
    public async Task An_oci_layout_of_another_tool_is_a_base()
    {
        Tool.Require("skopeo");
        using var one = new BuilderProgram();
        await BuildAsync(one);
        var archive = one.Files.PathOf("image.tar");
        (await one.RunAsync("save", "-o", archive, "app")).ExpectSuccess();
        var layout = one.Files.PathOf("layout");
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", $"docker-archive:{archive}", $"oci:{layout}:v1")).ExpectSuccess();

        using var two = new BuilderProgram();
        var context = two.Files.Folder("context");
        two.Files.Write("context/Dockerfile", "FROM mybase\nRUN test -f /srv/file && echo found the base\n");
        var built = (await two.RunAsync("build", "--build-context", $"mybase=oci-layout://{layout}:v1", context)).ExpectSuccess();
        Assert.Contains("found the base", built.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordinary_user_may_load_an_image_first_and_build_on_it()
    {
        using var one = new BuilderProgram();
        await BuildAsync(one);
        var archive = one.Files.PathOf("image.tar");
        (await one.RunAsync("save", "-o", archive, "app")).ExpectSuccess();

        using var two = new BuilderProgram(Flavour.Native, Caller.User);
        var context = two.Files.Folder("context");
        two.Files.Write("context/Dockerfile", "FROM app\nUSER root\nRUN test -f /srv/file && stat -c '%u %n' /srv/file\n");
        (await two.RunAsync("load", "-i", archive)).ExpectSuccess();
        var built = (await two.RunAsync("build", "-t", "derived", context)).ExpectSuccess();
        Assert.Contains("1000 /srv/file", built.Error, StringComparison.Ordinal);
        Assert.Contains("derived", (await two.RunAsync("images")).ExpectSuccess().Output, StringComparison.Ordinal);
        (await two.RunAsync("save", "-o", two.Files.PathOf("derived.tar"), "derived")).ExpectSuccess();
    }

    [Theory]
    [InlineData(0, "true")]
    [InlineData(7, "sh", "-c", "exit 7")]
    [InlineData(127, "no-such-program")]
    [InlineData(126, "/etc/passwd")]
    public async Task Run_ends_as_the_command_did_or_as_docker_says_that_there_was_none(int exitCode, params string[] command)
    {
        using var builder = new BuilderProgram();
        await BuildAsync(builder);
        (await builder.RunAsync(["run", "--rm", "app", .. command])).Expect(exitCode);
        (await builder.RunAsync("run", "no-such-image")).Expect(125);
    }

    [Theory]
    [InlineData(Flavour.Native)]
    [InlineData(Flavour.Jit)]
    public async Task Version_says_which_builder_this_is(Flavour flavour)
    {
        using var builder = new BuilderProgram(flavour);
        var version = (await builder.RunAsync("version")).ExpectSuccess();
        Assert.Matches(@"Version: +\d+\.\d+\.\d+", version.Output);
    }

    [Theory]
    [InlineData("docker", "docker-archive", "app:latest")]
    [InlineData("docker", "oci-archive", "latest")]
    [InlineData("oci", "oci-archive", "latest")]
    public async Task Each_archive_output_is_what_skopeo_takes_it_for(string type, string transport, string name)
    {
        Tool.Require("skopeo");
        using var builder = new BuilderProgram();
        var archive = builder.Files.PathOf("out.tar");
        await BuildAsync(builder, "-o", $"type={type},dest={archive}");
        (await Tool.RunAsync("skopeo", "inspect", $"{transport}:{archive}:{name}")).ExpectSuccess();
    }

    [Fact]
    public async Task Tar_and_local_outputs_hold_the_files()
    {
        Tool.Require("tar");
        using var builder = new BuilderProgram();
        var tar = builder.Files.PathOf("files.tar");
        var folder = builder.Files.PathOf("files");
        await BuildAsync(builder, "-o", $"type=tar,dest={tar}", "-o", folder);
        var listing = (await Tool.RunAsync("tar", "--numeric-owner", "-tvf", tar)).ExpectSuccess().Output;
        Assert.Matches(@"-rw-r--r-- 1000/1000 .* srv/file", listing);
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(folder, "srv/file")));
        Assert.True(File.Exists(Path.Combine(folder, "bin/busybox")));
    }

    private static async Task<string> BuildAsync(BuilderProgram builder, params string[] options)
    {
        BusyboxBase.Make(builder.Files.PathOf("base"));
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/file", "content");
        builder.Files.Write("context/Dockerfile", """
            FROM base
            LABEL l=v
            EXPOSE 80
            VOLUME /data
            WORKDIR /srv
            COPY --chown=ann file .
            USER ann
            CMD echo hello
            """);
        var built = (await builder.RunAsync([
            "build", "-t", "app", "-t", "registry.example/team/app:1.2", "--build-context", $"base={builder.Files.PathOf("base")}", .. options, context])).ExpectSuccess();
        return built.Output.Trim();
    }
}
