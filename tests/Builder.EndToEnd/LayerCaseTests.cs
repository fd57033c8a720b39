using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>The edge cases of layers that take a whole build to show (the others are in LayerWriterTests), and builds of every kind compared.</summary>
public sealed class LayerCaseTests
{
    private static readonly ToolOptions Epoch = new() { Environment = new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = "1000000000" } };

    [Fact] // R8, R9
    public async Task Cases_28_to_30_and_36_to_38()
    {
        using var builder = new BuilderProgram();
        var layers = await LayersOf(builder, """
            FROM base
            USER ann
            WORKDIR /new/sub
            USER root
            VOLUME /v
            RUN mkdir /v && echo kept > /v/file
            RUN cd / && rm -r /new
            WORKDIR /new/sub
            RUN ! rm /etc/resolv.conf 2> /dev/null && echo x > /etc/own
            RUN --mount=type=tmpfs,target=/not/there echo x > /not/there/x
            RUN --mount=type=tmpfs,target=/v echo x > /v/hidden
            """);

        // 28: both directories, the user's; 29: what a step writes to a volume stays; 30: the directory comes back.
        Assert.Equal(["drwxr-xr-x 1000/1000 new/", "drwxr-xr-x 1000/1000 new/sub/"], layers[0]);
        Assert.Equal(["drwxr-xr-x 0/0 v/", "-rw-r--r-- 0/0 v/file"], layers[1]);
        Assert.Equal(["---------- 0/0 .wh.new"], layers[2]);
        Assert.Equal(["drwxr-xr-x 0/0 new/", "drwxr-xr-x 0/0 new/sub/"], layers[3]);

        // 36: the file is a mount and cannot go; 37 and 38: mounts leave no trace, neither of their targets nor in them.
        Assert.Equal(["drwxr-xr-x 0/0 etc/", "-rw-r--r-- 0/0 etc/own"], layers[4]);
        Assert.Equal(5, layers.Count);
    }

    [Fact]
    public async Task Case_32_a_reserved_name_is_the_fault_of_the_line_that_made_it()
    {
        using var builder = new BuilderProgram();
        var context = Context(builder, "FROM base\nRUN touch /ok\nRUN touch /tmp/.wh.foo\n");
        var failed = (await builder.RunAsync("build", "--build-context", $"base={builder.Files.PathOf("base")}", context)).Expect(1);
        Assert.Contains("Dockerfile:3:1: error", failed.Error, StringComparison.Ordinal);
        Assert.Contains("'/tmp/.wh.foo' cannot be part of a layer", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_a_user_and_a_build_without_overlayfs_come_to_the_same_image()
    {
        const string Dockerfile = """
            FROM base
            WORKDIR /srv
            COPY --chown=ann file /srv/copied
            RUN mkdir d && echo 1 > d/one && echo 2 > d/two && ln d/two d/three && chmod 4755 d/one && chown ann d/two
            RUN rm d/one && mkdir -p /opt/x && echo 3 > /opt/x/y && echo more >> /etc/passwd
            RUN rm -r d && mkdir d && ln -s /etc d/link
            COPY --from=base /bin/sh /bin/sh2
            CMD ls
            """;
        var ids = new List<string>();
        foreach (var (caller, snapshotter) in ((Caller, string)[])[(Caller.Root, "overlay"), (Caller.Root, "copy"), (Caller.User, "overlay"), (Caller.User, "copy")])
        {
            using var builder = new BuilderProgram(caller: caller);
            var context = Context(builder, Dockerfile);
            builder.Files.Write("context/file", "content");
            var built = await builder.RunAsync(["build", "-q", "--snapshotter", snapshotter, "-t", "app", "--build-context", $"base={builder.Files.PathOf("base")}", context], Epoch);
            ids.Add(built.ExpectSuccess().Output.Trim());
            Assert.Contains("copied", (await builder.RunAsync(["run", "app"], new ToolOptions { Environment = new Dictionary<string, string> { ["BUILDER_SNAPSHOTTER"] = snapshotter } })).ExpectSuccess().Output, StringComparison.Ordinal);
            builder.AssertNothingIsLeftBehind();
        }

        Assert.Single(ids.Distinct());
    }

    /// <summary>What podman and its like push: a frame for each file, and tables in skippable frames behind them.</summary>
    [Fact]
    public async Task A_zstd_chunked_layer_is_a_layer()
    {
        Tool.Require("skopeo");
        await using var registry = await RegistryServer.StartAsync();
        using var one = new BuilderProgram();
        var context = Context(one, "FROM base\nRUN seq 30000 > /numbers && mkdir /d && ln /numbers /d/twin && ln -s twin /d/link\nCMD [\"ls\", \"-l\", \"/d\"]\n");
        (await one.RunAsync(["build", "-t", "app", "--build-context", $"base={one.Files.PathOf("base")}", context], Epoch)).ExpectSuccess();
        var layout = one.Files.PathOf("layout");
        (await one.RunAsync("save", "--format", "oci-dir", "-o", layout, "app")).ExpectSuccess();
        var remote = $"{registry.Host}/app:chunked";
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false", "--dest-compress-format", "zstd:chunked", $"oci:{layout}:latest", $"docker://{remote}")).ExpectSuccess();
        Assert.Contains("zstd-chunked.manifest-position", (await Tool.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{remote}")).ExpectSuccess().Output, StringComparison.Ordinal);

        using var two = new BuilderProgram();
        (await two.RunAsync("pull", remote)).ExpectSuccess();
        Assert.Equal((await one.RunAsync("run", "app")).ExpectSuccess().Output, (await two.RunAsync("run", remote)).ExpectSuccess().Output);
        Assert.Equal((await one.RunAsync("images", "-q", "--no-trunc")).Output, (await two.RunAsync("images", "-q", "--no-trunc")).Output);
        (await two.RunAsync("check-store")).ExpectSuccess();
    }

    /// <summary>What is in each layer above the base: mode, owner, name.</summary>
    private static async Task<IReadOnlyList<string[]>> LayersOf(BuilderProgram builder, string dockerfile)
    {
        Tool.Require("tar");
        var context = Context(builder, dockerfile);
        var archive = builder.Files.PathOf("image.tar");
        (await builder.RunAsync(["build", "-t", "app", "--build-context", $"base={builder.Files.PathOf("base")}", context], Epoch)).ExpectSuccess();
        (await builder.RunAsync("save", "--format", "docker-old", "-o", archive, "app")).ExpectSuccess();
        var unpacked = builder.Files.Folder("unpacked");
        (await Tool.RunAsync("tar", "-C", unpacked, "-xf", archive)).ExpectSuccess();
        using var manifest = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(unpacked, "manifest.json"), TestContext.Current.CancellationToken));
        var layers = new List<string[]>();
        foreach (var layer in manifest.RootElement[0].GetProperty("Layers").EnumerateArray().Skip(1))
        {
            var listing = (await Tool.RunAsync("tar", "--numeric-owner", "-tvf", Path.Combine(unpacked, layer.GetString()!))).ExpectSuccess().Output;
            layers.Add([.. listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(words => $"{words[0]} {words[1]} {words[5]}")]);
        }

        return layers;
    }

    private static string Context(BuilderProgram builder, string dockerfile)
    {
        BusyboxBase.Make(builder.Files.PathOf("base"));
        builder.Files.Write("context/Dockerfile", dockerfile);
        return builder.Files.PathOf("context");
    }
}
