using Builder.Diagnostics;
using Builder.Linux.Processes;

namespace Builder.Containers.Tests;

/// <summary>A container that another runtime runs is, as far as the specification has words for it, the same container.</summary>
public sealed class RuntimeTests : ContainerTest
{
    public static TheoryData<string> Runtimes => ["runc", "crun", "runsc"];

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task It_writes_into_the_root_and_exits_as_the_program_does(string runtime)
    {
        var outcome = await RunAsync(runtime, "echo out; echo err >&2; id; echo made > /made; exit 7");

        Assert.Equal(7, outcome.Exit.ExitCode);
        Assert.StartsWith("out\nuid=0(root) gid=0 groups=0", outcome.Stdout, StringComparison.Ordinal);
        Assert.Equal("err\n", outcome.Stderr);
        Assert.Contains("made", Root.UpperEntries());
        AssertNothingIsLeft();
    }

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task User_directory_mounts_limits_and_name_are_as_asked_for(string runtime)
    {
        var shared = Root.Make("shared");
        File.WriteAllText(Path.Combine(shared, "file"), "shared\n");
        var outcome = await RunAsync(runtime, "id -u; pwd; hostname; cat /mnt/file; touch /mnt/new 2>/dev/null || echo read-only; cat /run/secret; echo $A; ulimit -n", spec => spec with
        {
            User = new ResolvedUser(1000, 1000, [], "/"),
            WorkingDirectory = "/tmp",
            Hostname = "box",
            Env = [.. spec.Env, "A=1"],
            Limits = [ResourceLimit.Parse("nofile=100:200")],
            Mounts = [new BindMount(shared, "/mnt", ReadOnly: true), new MemoryFileMount("secret\n"u8.ToArray(), "/run/secret") { Uid = 1000 }],
        });

        Assert.Equal("1000\n/tmp\nbox\nshared\nread-only\nsecret\n1\n100\n", outcome.Stdout);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task The_walls_are_the_same_as_those_of_builder(string runtime)
    {
        const string Look = "grep -e ^Cap -e ^Seccomp: -e ^NoNew /proc/self/status; cat /proc/kcore | wc -c; echo x 2>/dev/null > /proc/sys/kernel/core_pattern || echo denied; unshare -m true 2>/dev/null || echo no-namespaces; ls /dev | grep -v '^core$'";
        var own = await Outcome.OfAsync(Root.Shell(Look));

        Assert.Equal(own.Stdout, (await RunAsync(runtime, Look)).Stdout);
    }

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task A_program_that_is_not_there_or_cannot_be_executed_is_told_as_such(string runtime)
    {
        File.WriteAllText(Path.Combine(Root.Lower, "bin/text"), "no program\n");

        Assert.Equal(ContainersErrors.ProgramNotFound, (await FailureAsync(runtime, "no-such-program")).Code);
        Assert.Equal(ContainersErrors.ProgramNotExecutable, (await FailureAsync(runtime, "/bin/text")).Code);
        AssertNothingIsLeft();
    }

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task A_container_that_takes_too_long_is_stopped(string runtime)
    {
        var outcome = await RunAsync(runtime, "sleep 1000", spec => spec with { TimeLimit = TimeSpan.FromSeconds(1), StopGrace = TimeSpan.Zero });

        Assert.True(outcome.Exit.TimedOut);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task Signals_reach_the_program(string runtime)
    {
        using var bundle = Bundle(runtime);
        var ready = new TaskCompletionSource();
        var container = await ContainerProcess.StartAsync(
            bundle.Of(Root.Shell("trap 'echo asked; exit 5' TERM; echo ready; while :; do sleep 0.05; done")), (_, _) => ready.TrySetResult(), TestContext.Current.CancellationToken);
        await ready.Task;

        container.Signal(Signals.Terminate);

        Assert.Equal(5, (await container.WaitAsync(TestContext.Current.CancellationToken)).ExitCode);
    }

    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task One_more_program_runs_in_it(string runtime)
    {
        using var bundle = Bundle(runtime);
        using var end = new CancellationTokenSource();
        var container = await ContainerProcess.StartAsync(bundle.Of(Root.Shell("echo first > /tmp/first; while :; do sleep 0.05; done") with { StopGrace = TimeSpan.Zero }), (_, _) => { }, end.Token);
        using var first = ProcessHandle.Open(container.ProcessId);
        var said = new MemoryStream();

        var joined = await ContainerProcess.JoinAsync(
            bundle.Of(Root.Shell("cat /tmp/first; exit 9")), new RunningContainer(first, null), (_, bytes) => said.Write(bytes.Span), TestContext.Current.CancellationToken);
        var exit = await joined.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(9, exit.ExitCode);
        Assert.Equal("first\n"u8, said.ToArray());
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => container.WaitAsync(end.Token));
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task Its_memory_is_limited_and_that_is_told(string runtime)
    {
        Assert.SkipUnless(Directory.Exists("/sys/fs/cgroup"), "no control groups");
        var outcome = await RunAsync(runtime, "dd if=/dev/zero of=/dev/null bs=300M count=1", spec => spec with
        {
            ControlGroup = new Linux.ControlGroups.ControlGroupRequest { Limits = new Linux.ControlGroups.ControlGroupLimits { Memory = 64 << 20 } },
        });

        Assert.False(outcome.Exit.Succeeded);
        Assert.Equal(64 << 20, outcome.Exit.MemoryExhausted?.Limit);
    }

    [Fact]
    public async Task Without_a_network_there_is_loopback_only()
    {
        var outcome = await RunAsync("runc", "ls /sys/class/net; ip addr show lo", spec => spec with { Network = NetworkMode.None });

        Assert.StartsWith("lo\n", outcome.Stdout, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1/8", outcome.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_cannot_have_is_refused()
    {
        var userns = await Assert.ThrowsAsync<BuilderException>(() => RunAsync("runc", "true", spec => spec with { UserNamespace = UserNamespaceMode.Private }));
        Assert.Equal(ContainersErrors.NotWithRuntime, userns.Code);
        var init = await Assert.ThrowsAsync<BuilderException>(() => RunAsync("runc", "true", spec => spec with { HasInit = true }));
        Assert.Contains("--init does not go together with --runtime runc", init.Message, StringComparison.Ordinal);
        using var bundle = new RuntimeFolder(Root.Make("bundle-none"), "/no/such/runtime");
        Assert.Equal(ContainersErrors.NoRuntime, (await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(bundle.Of(Root.Shell("true"))))).Code);
        using var broken = new RuntimeFolder(Root.Make("bundle-broken"), "/bin/false");
        Assert.Equal(ContainersErrors.RuntimeFailed, (await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(broken.Of(Root.Shell("true"))))).Code);
        AssertNothingIsLeft();
    }

    private async Task<Outcome> RunAsync(string runtime, string command, Func<ContainerSpec, ContainerSpec>? change = null)
    {
        using var bundle = Bundle(runtime);
        return await Outcome.OfAsync(bundle.Of((change ?? (spec => spec))(Root.Shell(command))), TestContext.Current.CancellationToken);
    }

    private async Task<BuilderException> FailureAsync(string runtime, string program)
    {
        using var bundle = Bundle(runtime);
        return await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(bundle.Of(Root.Spec(program))));
    }

    private RuntimeFolder Bundle(string runtime)
    {
        Assert.SkipUnless(OciRuntime.OfThisMachine.Contains(runtime), $"{runtime} is not installed");
        return new RuntimeFolder(Root.Make("bundle-" + Guid.NewGuid().ToString("n")), runtime);
    }

    /// <summary>No mount and no control group of a runtime's making.</summary>
    private void AssertNothingIsLeft()
    {
        Assert.DoesNotContain(Root.Lower[..^"lower".Length], File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
        if (Directory.Exists("/sys/fs/cgroup"))
        {
            Assert.DoesNotContain(
                Directory.EnumerateDirectories("/sys/fs/cgroup", "builder-*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true }),
                path => Path.GetFileName(path).Length == "builder-".Length + 16);
        }
    }

    private sealed class RuntimeFolder(string folder, string runtime) : IDisposable
    {
        public ContainerSpec Of(ContainerSpec spec) => spec with { Runtime = OciRuntime.Named(runtime), BundleFolder = folder };

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
