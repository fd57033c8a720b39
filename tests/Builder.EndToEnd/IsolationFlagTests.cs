using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>What users say about the walls of RUN steps, from the command line to the kernel.</summary>
public sealed class IsolationFlagTests
{
    private const string Head = "FROM scratch\nCOPY . /\n";

    [Fact]
    public async Task A_step_that_uses_up_its_memory_is_told_as_such()
    {
        using var builder = Start("RUN dd if=/dev/zero of=/dev/null bs=200M count=1\n");
        Assert.SkipUnless(File.Exists("/sys/fs/cgroup/memory/memory.limit_in_bytes") || File.Exists("/sys/fs/cgroup/cgroup.controllers"), "no control groups for memory");

        var result = await BuildAsync(builder, "--memory", "64m");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("was killed: out of memory, limit 64 MiB, peak ", result.Error, StringComparison.Ordinal);
        Assert.Contains("--memory", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_takes_too_long_is_told_as_such()
    {
        using var builder = Start("RUN sleep 1000\n");

        var result = await BuildAsync(builder, "--step-timeout", "1s");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("was stopped: it took longer than 1 s", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capabilities_policies_and_name_servers_are_as_asked_for()
    {
        using var builder = Start("RUN grep -e CapBnd -e NoNewPrivs -e Seccomp: /proc/self/status; cat /etc/resolv.conf\n");

        var result = await BuildAsync(
            builder, "--cap-drop", "ALL", "--cap-add", "CHOWN", "--security-opt", "no-new-privileges", "--security-opt", "seccomp=unconfined", "--dns", "192.0.2.53", "--dns-search", "example.test");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.All(
            ["CapBnd:\t0000000000000001", "NoNewPrivs:\t1", "Seccomp:\t0", "nameserver 192.0.2.53", "search example.test"],
            line => Assert.Contains(line, result.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Steps_have_a_private_network_where_it_can_be_had_and_the_hosts_where_not()
    {
        using var builder = Start("RUN readlink /proc/self/ns/net; cat /etc/resolv.conf\n");
        var mine = new FileInfo("/proc/self/ns/net").LinkTarget!;
        var can = (File.Exists("/usr/bin/pasta") || File.Exists("/usr/local/bin/pasta")) && MayOpenTunnel();

        var result = await builder.RunAsync(["build", "--progress=plain", builder.Files.PathOf("context")], ToolOptions.Default with { Environment = new Dictionary<string, string> { ["BUILDER_NETWORK"] = "default" } });

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(can, !result.Error.Contains(mine, StringComparison.Ordinal));
        Assert.Equal(can, result.Error.Contains("nameserver 169.254.1.1", StringComparison.Ordinal));
        Assert.Equal(can, !result.Error.Contains("note: steps use the network of the host", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--memory", "1m", "BLD2070")]
    [InlineData("--cpuset-cpus", "0-x", "BLD2070")]
    [InlineData("--blkio-weight", "5", "BLD2070")]
    [InlineData("--cap-add", "NO_SUCH", "BLD2071")]
    [InlineData("--security-opt", "seccomp=/no/such/file", "BLD2071")]
    [InlineData("--dns", "example.test", "BLD2072")]
    [InlineData("--network", "bridge", "BLD2")]
    [InlineData("--pid", "container:x", "BLD2")]
    [InlineData("--limits", "some", "BLD2")]
    public async Task What_is_no_value_is_refused(string option, string value, string code)
    {
        using var builder = Start("RUN true\n");

        var result = await BuildAsync(builder, option, value);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("error " + code, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task Info_tells_what_the_machine_offers(Caller caller)
    {
        using var builder = new BuilderProgram(caller: caller);

        var text = await builder.RunAsync("info");
        var json = await builder.RunAsync("info", "--format", "json");

        Assert.True(text.ExitCode == 0, text.Error);
        Assert.All(["Kernel:", "User ids:", "Control groups:", "Networks:", "Store:"], title => Assert.Contains(title, text.Output, StringComparison.Ordinal));
        using var document = System.Text.Json.JsonDocument.Parse(json.Output);
        Assert.All(["kernel", "user", "ids", "namespaces", "controlGroups", "seccomp", "networks", "store"], name => Assert.NotEmpty(document.RootElement.GetProperty(name).GetProperty("value").GetString()!));
    }

    private static bool MayOpenTunnel()
    {
        try
        {
            using var tunnel = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static BuilderProgram Start(string steps)
    {
        var builder = new BuilderProgram();
        var context = builder.Files.PathOf("context");
        Directory.CreateDirectory(Path.Combine(context, "bin"));
        File.Copy("/bin/busybox", Path.Combine(context, "bin/busybox"));
        foreach (var applet in new[] { "sh", "cat", "dd", "sleep", "grep", "readlink", "true" })
        {
            File.CreateSymbolicLink(Path.Combine(context, "bin", applet), "busybox");
        }

        File.WriteAllText(Path.Combine(context, "Dockerfile"), Head + steps);
        return builder;
    }

    private static Task<ToolResult> BuildAsync(BuilderProgram builder, params string[] arguments) =>
        builder.RunAsync(["build", "--progress=plain", .. arguments, builder.Files.PathOf("context")]);
}
