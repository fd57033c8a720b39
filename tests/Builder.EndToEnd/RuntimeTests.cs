using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Whole builds and working containers with other runtimes (<c>--runtime</c>): the same images, the same behaviour.</summary>
public sealed class RuntimeTests
{
    private const string Dockerfile = """
        FROM base AS tools
        WORKDIR /src
        COPY input .
        RUN cat input > output && chown 1000:50 output && mkdir -p /opt/tool && echo tool > /opt/tool/run && chmod 750 /opt/tool/run && ln -s run /opt/tool/link

        FROM base
        ENV A=1
        RUN --mount=type=cache,target=/cache echo cached >> /cache/list && cat /cache/list | wc -l > /count
        RUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = very-secret && echo seen > /seen
        RUN --mount=type=bind,from=tools,source=/src,target=/bound cat /bound/output > /copied-by-run && echo lost > /tmp/x && rm /tmp/x
        COPY --from=tools /opt /opt
        COPY --from=tools /src/output /final
        RUN mkdir -p /home/ann /many && chown ann:ann /home/ann && for i in 1 2 3; do echo $i > /many/$i; done && rm /many/2
        USER ann
        WORKDIR /home/ann
        RUN id -u > who && id -g >> who && pwd >> who && echo "$A$HOME" >> who && umask >> who && hostname >> who
        RUN <<SCRIPT
        set -e
        cat who > again
        rm who
        SCRIPT
        CMD ["cat", "again"]
        """;

    /// <summary>The image's id as the runtime's own build has it, with no cache of another's.</summary>
    private static async Task<string> BuildAsync(string? runtime, Caller caller = Caller.Root)
    {
        using var scene = new BuildScene(caller);
        scene.Files.Write("context/input", "from the context\n");
        scene.Files.Write("token", "very-secret");
        string[] options = runtime is null ? [] : ["--runtime", runtime];
        var result = await scene.BuildAsync(
            Dockerfile, ["-q", "--secret", $"id=token,src={scene.Files.PathOf("token")}", .. options], ToolOptions.Default with { Environment = new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = "1700000000" } });
        result.ExpectSuccess();
        scene.Builder.AssertNothingIsLeftBehind();
        return result.Output.Trim();
    }

    [Fact]
    public async Task Four_runtimes_make_the_same_image()
    {
        Tool.Require("runc", "crun", "runsc");
        var own = await BuildAsync("builder");

        Assert.StartsWith("sha256:", own, StringComparison.Ordinal);
        Assert.Equal([own, own, own], [await BuildAsync("runc"), await BuildAsync("crun"), await BuildAsync("runsc")]);
    }

    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    [InlineData("runsc")]
    public async Task An_ordinary_user_has_them_too(string runtime)
    {
        Tool.Require(runtime);

        Assert.Equal(await BuildAsync(null, Caller.User), await BuildAsync(runtime, Caller.User));
    }

    [Fact]
    public async Task The_environment_chooses_one_and_info_lists_them()
    {
        Tool.Require("runc");
        using var scene = new BuildScene();
        var chosen = ToolOptions.Default with { Environment = new Dictionary<string, string> { ["BUILDER_RUNTIME"] = "no-such-runtime" } };

        var result = await scene.BuildAsync("FROM base\nRUN true\n", [], chosen);

        Assert.Equal(5, result.ExitCode);
        Assert.Contains("BLD5245", result.Error, StringComparison.Ordinal);
        (await scene.BuildAsync("FROM base\nRUN true\n", ["--runtime", "builder"], chosen)).ExpectSuccess();
        Assert.Contains("builder runc", (await scene.Builder.RunAsync("info")).ExpectSuccess().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runc", Caller.Root)]
    [InlineData("crun", Caller.User)]
    public async Task A_working_container_lives_as_with_builders_own(string runtime, Caller caller)
    {
        Tool.Require(runtime);
        using var scene = await ContainerScene.CreateAsync(caller);
        var id = await scene.StartServiceAsync("web", "--runtime", runtime);
        Assert.Equal(runtime, (await scene.OutputAsync("inspect", "-f", "{{.HostConfig.Runtime}}", "web")).Trim());

        var exec = await scene.RunAsync("exec", "-u", "ann", "-w", "/tmp", "-e", "C=3", "web", "sh", "-c", "echo $A$C; id -u; pwd; echo to-stderr >&2; exit 9");
        Assert.Equal("13\n1000\n/tmp\n", exec.Expect(9).Output);
        Assert.Equal("to-stderr\n", exec.Error);
        (await scene.RunAsync("exec", "web", "no-such-program")).Expect(127);
        (await scene.RunAsync("exec", "web", "/etc/passwd")).Expect(126);

        // Files go in and out of the container's tree, and not of the machine's.
        scene.Files.Write("in", "copied\n");
        (await scene.RunAsync("cp", scene.Files.PathOf("in"), "web:/copied-in")).ExpectSuccess();
        Assert.Equal("copied\n", await scene.OutputAsync("exec", "web", "cat", "/copied-in"));
        Assert.False(File.Exists("/copied-in"));
        Assert.Contains("A /copied-in", await scene.OutputAsync("diff", "web"), StringComparison.Ordinal);

        if ((await scene.RunAsync("pause", "web")).ExitCode == 0)
        {
            Assert.Equal("paused", (await scene.OutputAsync("inspect", "-f", "{{.State.Status}}", "web")).Trim());
            (await scene.RunAsync("unpause", "web")).ExpectSuccess();
        }

        Assert.Equal("web", (await scene.OutputAsync("stop", "web")).Trim());
        Assert.Equal("4", (await scene.OutputAsync("wait", "web")).Trim());
        Assert.Contains("bye", await scene.OutputAsync("logs", "web"), StringComparison.Ordinal);
        (await scene.RunAsync("start", "web")).ExpectSuccess();
        (await scene.RunAsync("kill", "web")).ExpectSuccess();
        Assert.Equal("137", (await scene.OutputAsync("wait", "web")).Trim());
        (await scene.RunAsync("run", "--rm", "--runtime", runtime, "app", "sh", "-c", "exit 7")).Expect(7);
        (await scene.RunAsync("run", "--rm", "--runtime", runtime, "app", "no-such-program")).Expect(127);
        (await scene.RunAsync("run", "--rm", "--runtime", runtime, "app", "/etc/passwd")).Expect(126);
        (await scene.RunAsync("rm", "web")).ExpectSuccess();
        scene.AssertNothingIsLeftOf(id);
    }

    [Fact]
    public async Task A_terminal_is_passed_on()
    {
        Tool.Require("runc");
        using var scene = await ContainerScene.CreateAsync();

        Assert.Equal("terminal\r\n", await scene.OutputAsync("run", "--rm", "-t", "--runtime", "runc", "app", "sh", "-c", "test -t 0 && test -t 1 && echo terminal"));
    }
}
