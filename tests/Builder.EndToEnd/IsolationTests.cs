using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>What a step sees of the world, and what the world keeps of the step.</summary>
public sealed class IsolationTests
{
    [Theory]
    [InlineData(Flavour.Native, Caller.Root)]
    [InlineData(Flavour.Native, Caller.User)]
    [InlineData(Flavour.Jit, Caller.Root)]
    public async Task A_step_is_confined(Flavour flavour, Caller caller)
    {
        var seen = await RunStepAsync(flavour, caller, """
            RUN grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; \
                echo pid $$; echo descriptors $(ls /proc/self/fd); echo user $(id -u):$(id -g); \
                for name in mnt pid uts ipc cgroup; do readlink /proc/self/ns/$name; done; \
                mount -t tmpfs none /tmp && echo "may" "mount"; \
                echo x 2>/dev/null > /proc/sys/kernel/core_pattern && echo "may" "write sysctl"; \
                grep -c localhost /etc/hosts
            """);
        Assert.Contains("CapEff:\t00000000a80425fb", seen, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t00000000a80425fb", seen, StringComparison.Ordinal);
        Assert.Contains("CapInh:\t0000000000000000", seen, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t0", seen, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", seen, StringComparison.Ordinal);
        Assert.Contains("pid 1\n", seen, StringComparison.Ordinal);
        // The fourth is the directory that ls reads.
        Assert.Contains("descriptors 0 1 2 3\n", seen, StringComparison.Ordinal);
        Assert.Contains("user 0:0\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("may mount", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("may write sysctl", seen, StringComparison.Ordinal);
        foreach (var name in (string[])["mnt", "pid", "uts", "ipc", "cgroup"])
        {
            var outside = new FileInfo($"/proc/self/ns/{name}").LinkTarget!;
            Assert.Contains(name + ":[", seen, StringComparison.Ordinal);
            Assert.DoesNotContain(outside, seen, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_network_there_is_only_loopback()
    {
        var seen = await RunStepAsync(Flavour.Native, Caller.Root, "RUN --network=none ls /sys/class/net && echo end\n");
        Assert.Contains("lo\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("eth0", seen, StringComparison.Ordinal);
    }

    [Fact] // R8
    public async Task A_step_that_changes_nothing_leaves_an_empty_layer()
    {
        using var builder = new BuilderProgram();
        var files = builder.Files.PathOf("files");
        await BuildAsync(builder, "RUN true\n", "-o", $"type=local,dest={files}");
        foreach (var stub in (string[])["proc", "sys", "dev", "etc/hosts", "etc/resolv.conf", "etc/hostname"])
        {
            Assert.False(Path.Exists(Path.Combine(files, stub)), $"the step left {stub} behind");
        }
    }

    [Fact]
    public async Task What_a_step_writes_to_hosts_and_resolv_conf_is_for_nothing()
    {
        using var builder = new BuilderProgram();
        var files = builder.Files.PathOf("files");
        await BuildAsync(
            builder,
            "COPY hosts /etc/hosts\nRUN echo 10.0.0.1 name >> /etc/hosts && echo nameserver 10.0.0.2 > /etc/resolv.conf && grep name /etc/hosts /etc/resolv.conf\n",
            "-o",
            $"type=local,dest={files}");
        Assert.Equal("the image's own", await File.ReadAllTextAsync(Path.Combine(files, "etc/hosts")));
        Assert.False(File.Exists(Path.Combine(files, "etc/resolv.conf")));
    }

    [Fact]
    public async Task Heredocs_run_in_a_shell_or_by_their_own_interpreter()
    {
        var seen = await RunStepAsync(Flavour.Native, Caller.Root, """
            RUN <<EOF
            echo one from $0
            echo two
            EOF
            RUN <<EOF
            #!/bin/busybox sh
            echo three from $0
            EOF
            RUN ["echo", "four"]
            """);
        Assert.Contains("one from /bin/sh", seen, StringComparison.Ordinal);
        Assert.Contains("two", seen, StringComparison.Ordinal);
        Assert.Contains("three from /dev/pipes/EOF", seen, StringComparison.Ordinal);
        Assert.Contains("four", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_comes_whole_however_much_it_is()
    {
        var seen = await RunStepAsync(Flavour.Native, Caller.Root, "RUN seq 1 200000\n");
        Assert.Equal(200_000, seen.Split('\n').Count(line => line.Length > 0 && char.IsAsciiDigit(line[^1]) && line.StartsWith('#') && line.Split(' ').Length == 3));
    }

    private static async Task<string> RunStepAsync(Flavour flavour, Caller caller, string step)
    {
        using var builder = new BuilderProgram(flavour, caller);
        var built = await BuildAsync(builder, step);
        builder.AssertNothingIsLeftBehind();
        return built.Error;
    }

    private static async Task<ToolResult> BuildAsync(BuilderProgram builder, string step, params string[] options)
    {
        BusyboxBase.Make(builder.Files.PathOf("base"));
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/hosts", "the image's own");
        builder.Files.Write("context/Dockerfile", "FROM base\n" + step + "\n");
        return (await builder.RunAsync(["build", "--build-context", $"base={builder.Files.PathOf("base")}", .. options, context])).ExpectSuccess();
    }
}
