using System.Diagnostics;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>The life of a working container, as a user drives it (spec/containers.md).</summary>
public sealed class WorkingContainerTests
{
    [Theory]
    [InlineData(Flavour.Native, Caller.Root)]
    [InlineData(Flavour.Native, Caller.User)]
    [InlineData(Flavour.Jit, Caller.Root)]
    public async Task A_container_outlives_the_command_that_starts_it(Flavour flavour, Caller caller)
    {
        using var scene = await ContainerScene.CreateAsync(caller, flavour);
        var id = await scene.StartServiceAsync("web", "-e", "B=2", "--label", "kind=test");
        Assert.Equal(id[..12] + " web", (await scene.OutputAsync("ps", "--format", "{{.ID}} {{.Names}}")).Trim());
        Assert.Equal(id[..12], (await scene.OutputAsync("ps", "-q", "--filter", "label=kind=test", "--filter", "status=running")).Trim());
        (await scene.RunAsync("run", "--name", "web", "app")).Expect(125);
        (await scene.RunAsync("rm", "web")).Expect(1);

        var exec = await scene.RunAsync("exec", "-u", "ann", "-w", "/tmp", "-e", "C=3", "web", "sh", "-c", "echo $A$B$C; id -u; pwd; grep CapEff /proc/self/status; echo to-stderr >&2; exit 9");
        Assert.Equal("123\n1000\n/tmp\nCapEff:\t0000000000000000\n", exec.Expect(9).Output);
        Assert.Equal("to-stderr\n", exec.Error);
        (await scene.RunAsync("exec", "web", "no-such-program")).Expect(127);
        (await scene.RunAsync("exec", "web", "/etc/passwd")).Expect(126);

        // Another user's process cannot be signalled but from where the container's supervisor is.
        (await scene.RunAsync("exec", "-d", "-u", "ann", "web", "sleep", "1000")).ExpectSuccess();
        Assert.Equal("web", (await scene.OutputAsync("stop", "web")).Trim());
        Assert.Equal("4", (await scene.OutputAsync("wait", "web")).Trim());
        Assert.Contains("bye", await scene.OutputAsync("logs", "--tail", "1", "web"), StringComparison.Ordinal);
        Assert.StartsWith("Exited (4)", await scene.OutputAsync("ps", "-a", "--format", "{{.Status}}"), StringComparison.Ordinal);
        scene.AssertNothingIsLeftOf(id);

        Assert.Equal("web", (await scene.OutputAsync("start", "web")).Trim());
        Assert.Equal("running", (await scene.OutputAsync("inspect", "-f", "{{.State.Status}}", "web")).Trim());
        (await scene.RunAsync("rename", "web", "other")).ExpectSuccess();
        (await scene.RunAsync("kill", "-s", "KILL", "other")).ExpectSuccess();
        Assert.Equal("137", (await scene.OutputAsync("wait", "other")).Trim());
        (await scene.RunAsync("start", "other")).ExpectSuccess();
        Assert.Equal("other", (await scene.OutputAsync("rm", "-f", "other")).Trim());
        Assert.Equal("", await scene.OutputAsync("ps", "-aq"));
        scene.AssertNothingIsLeftOf(id);
    }

    [Theory]
    [InlineData(Flavour.Native, Caller.Root)]
    [InlineData(Flavour.Native, Caller.User)]
    public async Task A_container_in_the_foreground_is_kept_and_can_run_again(Flavour flavour, Caller caller)
    {
        using var scene = await ContainerScene.CreateAsync(caller, flavour);
        Assert.Equal("hello 1\n", await scene.OutputAsync("run", "--rm", "app"));
        (await scene.RunAsync("run", "--name", "once", "app", "sh", "-c", "echo x >> /file; cat /file; exit 7")).Expect(7);
        Assert.Equal("x\nx\n", (await scene.RunAsync("start", "-a", "once")).Expect(7).Output);
        Assert.Equal("x\nx\nx\n", await scene.OutputAsync("logs", "once"));
        (await scene.RunAsync("run", "--rm", "app", "no-such-program")).Expect(127);
        (await scene.RunAsync("run", "--rm", "app", "/etc/passwd")).Expect(126);
        (await scene.RunAsync("run", "--rm", "-v", "named:/x", "app")).Expect(125);
        (await scene.RunAsync("run", "-d", "--rm", "app", "no-such-program")).Expect(127);
        Assert.Equal("once", (await scene.OutputAsync("ps", "-a", "--format", "{{.Names}}")).Trim());
        (await scene.RunAsync("container", "prune", "-f")).ExpectSuccess();
        Assert.Equal("", await scene.OutputAsync("ps", "-aq"));
        scene.Builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task A_container_is_made_as_the_options_say()
    {
        using var scene = await ContainerScene.CreateAsync();
        var shared = scene.Files.Folder("shared");
        scene.Files.Write("shared/file", "from outside");
        scene.Files.Write("variables", "# a comment\nD=4\n");
        var seen = await scene.OutputAsync(
            "run", "--rm", "-eB=2", "--env-file", scene.Files.PathOf("variables"), "-v", shared + ":/shared:ro", "--tmpfs", "/scratch:size=1m", "-w", "/shared",
            "-h", "box", "--read-only", "--network", "none", "--entrypoint", "sh", "--memory", "64m", "app",
            "-c", "echo $A$B$D; cat file; hostname; touch /x 2>/dev/null || echo read-only; touch /shared/x 2>/dev/null || echo shared-read-only; touch /scratch/x && echo scratch; ls /sys/class/net");
        Assert.Equal("124\nfrom outside" + "box\nread-only\nshared-read-only\nscratch\nlo\n", seen);
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task Standard_input_and_terminals_reach_the_container(Caller caller)
    {
        Tool.Require("script");
        using var scene = await ContainerScene.CreateAsync(caller);
        Assert.Equal("typed\n", (await scene.Builder.RunAsync(["run", "--rm", "-i", "app", "cat"], new ToolOptions { Input = "typed\n" })).ExpectSuccess().Output);
        Assert.Contains("not a TTY", (await scene.RunAsync("run", "--rm", "-it", "app", "cat")).Expect(125).Error, StringComparison.Ordinal);

        // A terminal without anybody at it, which needs none here.
        Assert.Equal("terminal\r\n", await scene.OutputAsync("run", "--rm", "-t", "app", "sh", "-c", "test -t 0 && test -t 1 && echo terminal"));
        var id = (await scene.OutputAsync("run", "-dit", "--name", "shell", "app", "sh")).Trim();
        var attached = await scene.Builder.RunAsync(["exec", "-i", "shell", "cat"], new ToolOptions { Input = "through exec\n" });
        Assert.Equal("through exec\n", attached.ExpectSuccess().Output);
        (await scene.RunAsync("rm", "-f", "shell")).ExpectSuccess();
        scene.AssertNothingIsLeftOf(id);
    }

    [Fact]
    public async Task Who_attaches_types_and_listens()
    {
        using var scene = await ContainerScene.CreateAsync();
        (await scene.RunAsync("run", "-di", "--name", "reader", "app", "sh", "-c", "read line; echo got $line; read rest; exit 5")).ExpectSuccess();
        var attached = await scene.Builder.RunAsync(["attach", "reader"], new ToolOptions { Input = "words\nmore\n" });
        Assert.Equal("got words\n", attached.Expect(5).Output);
        Assert.Equal("5", (await scene.OutputAsync("wait", "reader")).Trim());
        Assert.Contains("does not run", (await scene.RunAsync("attach", "reader")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task A_container_whose_supervisor_was_killed_is_seen_as_ended(Caller caller)
    {
        using var scene = await ContainerScene.CreateAsync(caller);
        var id = await scene.StartServiceAsync("web");
        using (var kill = Process.Start("/bin/kill", ["-KILL", SupervisorOf(id).ToString()]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await ContainerScene.UntilAsync(async () => (await scene.OutputAsync("ps", "-q")).Length == 0);
        Assert.StartsWith("Exited (137)", await scene.OutputAsync("ps", "-a", "--format", "{{.Status}}"), StringComparison.Ordinal);
        Assert.Contains("was killed", await scene.OutputAsync("inspect", "-f", "{{.State.Error}}", "web"), StringComparison.Ordinal);
        (await scene.RunAsync("check-store")).ExpectSuccess();
        (await scene.RunAsync("start", "web")).ExpectSuccess();
        Assert.Equal("running", (await scene.OutputAsync("inspect", "-f", "{{.State.Status}}", "web")).Trim());
        (await scene.RunAsync("stop", "-t", "0", "web")).ExpectSuccess();
        (await scene.RunAsync("rm", "web")).ExpectSuccess();
        scene.AssertNothingIsLeftOf(id);
    }

    [Fact]
    public async Task One_more_program_is_in_the_same_namespaces()
    {
        using var scene = await ContainerScene.CreateAsync();
        await scene.StartServiceAsync("web");
        const string Look = "for n in mnt pid uts ipc cgroup net user time; do test -e /proc/self/ns/$n && test $(readlink /proc/1/ns/$n) != $(readlink /proc/self/ns/$n) && echo other $n; done; readlink /proc/self/ns/time";

        var seen = (await scene.OutputAsync("exec", "web", "sh", "-c", Look)).Trim();

        Assert.DoesNotContain("other", seen, StringComparison.Ordinal);
        Assert.Equal(Environment.OSVersion.Version >= new Version(6, 2), seen != new FileInfo("/proc/self/ns/time").LinkTarget);
    }

    [Fact]
    public async Task Process_1_is_builders_where_that_is_asked_for()
    {
        using var scene = await ContainerScene.CreateAsync();
        await scene.StartServiceAsync("web", "--init");

        Assert.Equal("builder-init", (await scene.OutputAsync("exec", "web", "cat", "/proc/1/cmdline")).Trim('\0', '\n'));
        Assert.Equal("web", (await scene.OutputAsync("stop", "web")).Trim());
        Assert.Equal("4", (await scene.OutputAsync("wait", "web")).Trim());
    }

    [Fact]
    public async Task A_private_network_publishes_ports_where_it_can_be_had()
    {
        using var scene = await ContainerScene.CreateAsync();
        var arguments = new[] { "run", "-d", "--name", "web", "--network", "private", "-p", "127.0.0.1::80", "app", "sh", "-c", ContainerScene.Service };
        if ((await scene.RunAsync(arguments)) is { ExitCode: not 0 } refused)
        {
            Assert.Contains("BLD5208", refused.Error, StringComparison.Ordinal);
            Assert.Skip("there are no private networks here: " + refused.Error);
        }

        Assert.NotEqual(new FileInfo("/proc/self/ns/net").LinkTarget, (await scene.OutputAsync("exec", "web", "readlink", "/proc/self/ns/net")).Trim());
        Assert.Contains("nameserver 169.254.1.1", await scene.OutputAsync("exec", "web", "cat", "/etc/resolv.conf"), StringComparison.Ordinal);
        var port = (await scene.OutputAsync("inspect", "-f", "{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}", "web")).Trim();
        Assert.Contains($"127.0.0.1:{port}->80/tcp", await scene.OutputAsync("ps"), StringComparison.Ordinal);
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync(System.Net.IPAddress.Loopback, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
        }

        (await scene.RunAsync("rm", "-f", "web")).ExpectSuccess();
        scene.Builder.AssertNothingIsLeftBehind();
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task A_container_has_a_private_network_unless_there_is_none_which_is_said(Caller caller)
    {
        using var scene = await ContainerScene.CreateAsync(caller);
        var usual = ToolOptions.Default with { Environment = new Dictionary<string, string> { ["BUILDER_NETWORK"] = "default" } };

        var seen = (await scene.Builder.RunAsync(["run", "--rm", "app", "readlink", "/proc/self/ns/net"], usual)).ExpectSuccess();

        Assert.Equal(seen.Output.Trim() == new FileInfo("/proc/self/ns/net").LinkTarget, seen.Error.Contains("note: the container uses the network of the host", StringComparison.Ordinal));
        var warned = await scene.RunAsync("run", "--rm", "--network", "host", "-p", "8080:80", "app", "true");
        Assert.Contains("warning: ports are published with a private network only", warned.ExpectSuccess().Error, StringComparison.Ordinal);
        (await scene.RunAsync("run", "--rm", "-p", "x", "app", "true")).Expect(125);
        (await scene.RunAsync("run", "--rm", "--network", "bridge", "app", "true")).Expect(125);
    }

    [Fact]
    public async Task Containers_that_an_ordinary_user_starts_at_one_moment_are_in_one_user_namespace()
    {
        using var scene = await ContainerScene.CreateAsync(Caller.User);
        string[] names = ["one", "two", "three", "four"];

        var started = await Task.WhenAll(names.Select(name => scene.RunAsync("run", "-d", "--name", name, "app", "sh", "-c", ContainerScene.Service)));

        Assert.All(started, result => result.ExpectSuccess());
        var namespaces = new HashSet<string>();
        foreach (var name in names)
        {
            namespaces.Add((await scene.OutputAsync("exec", name, "readlink", "/proc/self/ns/user")).Trim());
        }

        Assert.Single(namespaces);
        (await scene.RunAsync(["rm", "-f", .. names])).ExpectSuccess();
    }

    [Fact]
    public async Task A_container_stands_still_while_it_is_paused()
    {
        using var scene = await ContainerScene.CreateAsync();
        await scene.StartServiceAsync("web");
        if ((await scene.RunAsync("pause", "web")) is { ExitCode: not 0 } refused)
        {
            Assert.Skip("no control group can be had here: " + refused.Error);
        }

        Assert.Equal("paused", (await scene.OutputAsync("inspect", "-f", "{{.State.Status}}", "web")).Trim());
        Assert.Contains("is paused", (await scene.RunAsync("exec", "web", "true")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("is paused", (await scene.RunAsync("pause", "web")).Expect(1).Error, StringComparison.Ordinal);
        (await scene.RunAsync("unpause", "web")).ExpectSuccess();
        (await scene.RunAsync("unpause", "web")).Expect(1);
        (await scene.RunAsync("exec", "web", "true")).ExpectSuccess();
        (await scene.RunAsync("pause", "web")).ExpectSuccess();
        Assert.Equal("4", await StoppedAsync(scene, "web"));
    }

    [Fact]
    public async Task An_image_that_a_container_stands_on_stays()
    {
        using var scene = await ContainerScene.CreateAsync();
        (await scene.RunAsync("create", "--name", "kept", "app", "cat", "/built")).ExpectSuccess();
        Assert.Contains("kept is using", (await scene.RunAsync("rmi", "app")).Expect(1).Error, StringComparison.Ordinal);
        (await scene.RunAsync("rmi", "-f", "app")).ExpectSuccess();
        (await scene.RunAsync("prune", "-a", "-f")).ExpectSuccess();
        Assert.Equal("built\n", await scene.OutputAsync("start", "-a", "kept"));
        (await scene.RunAsync("commit", "kept", "again")).ExpectSuccess();
        (await scene.RunAsync("rm", "kept")).ExpectSuccess();
        Assert.Equal("built\n", await scene.OutputAsync("run", "--rm", "again"));
        (await scene.RunAsync("check-store")).ExpectSuccess();
    }

    private static async Task<string> StoppedAsync(ContainerScene scene, string name)
    {
        (await scene.RunAsync("stop", name)).ExpectSuccess();
        return (await scene.OutputAsync("wait", name)).Trim();
    }

    private static int SupervisorOf(string id) => int.Parse(Directory.EnumerateDirectories("/proc").First(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Contains($"container-supervise\0{id}", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    })["/proc/".Length..]);
}
