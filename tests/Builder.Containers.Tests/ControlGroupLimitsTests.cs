using Builder.Linux.ControlGroups;

namespace Builder.Containers.Tests;

/// <summary>Limits as the kernel keeps them; which files they are written to is tested with a tree in memory.</summary>
public sealed class ControlGroupLimitsTests : ContainerTest
{
    private const long Mebibyte = 1 << 20;

    private readonly string name = $"builder-test-{Guid.NewGuid():n}";

    [Fact]
    public async Task A_fork_bomb_ends_at_the_limit_of_processes()
    {
        SkipWithout("pids");
        var spec = Root.Shell("i=0; while test $i -lt 200; do sleep 100 & i=$((i+1)); done; echo all");

        var outcome = await Outcome.OfAsync(spec with { ControlGroup = With(new ControlGroupLimits { Processes = 20 }) });

        Assert.Contains("can't fork", outcome.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("all", outcome.Stdout, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_memory_hog_is_killed_and_that_is_told_with_limit_and_peak()
    {
        SkipWithout("memory");
        var spec = Root.Shell("dd if=/dev/zero of=/dev/null bs=200M count=1") with { ControlGroup = With(new ControlGroupLimits { Memory = 32 * Mebibyte, MemorySwap = 32 * Mebibyte }) };

        var exit = (await Outcome.OfAsync(spec)).Exit;

        Assert.NotNull(exit.MemoryExhausted);
        Assert.Equal(32 * Mebibyte, exit.MemoryExhausted.Limit);
        Assert.InRange(exit.MemoryExhausted.Peak!.Value, 16 * Mebibyte, 32 * Mebibyte);
        Assert.Equal(137, exit.ExitCode);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Processor_time_is_counted_with_and_without_a_group()
    {
        const string Busy = "i=0; while test $i -lt 20000; do i=$((i+1)); done";

        var alone = (await Outcome.OfAsync(Root.Shell(Busy))).Exit;
        var grouped = (await Outcome.OfAsync(Root.Shell(Busy) with { ControlGroup = With(ControlGroupLimits.None) with { CanFreeze = true } })).Exit;

        Assert.True(alone.Usage.CpuTime > TimeSpan.FromMilliseconds(2), alone.Usage.ToString());
        Assert.True(grouped.Usage.CpuTime > TimeSpan.FromMilliseconds(2), grouped.Usage.ToString());
    }

    [Fact]
    public async Task A_frozen_container_stands_still_until_it_is_thawed_and_can_be_killed()
    {
        Assert.SkipUnless(ControlGroupTree.OfThisMachine is { Unified: not null } or { Mode: ControlGroupMode.V1 }, "no control groups that can freeze");
        var spoke = new SemaphoreSlim(0);
        var container = await ContainerProcess.StartAsync(
            Root.Shell("while :; do echo x; sleep 0.01; done") with { ControlGroup = With(ControlGroupLimits.None) with { CanFreeze = true } },
            (_, _) => spoke.Release(),
            CancellationToken.None);
        await spoke.WaitAsync();

        var group = container.ControlGroup!;
        group.Freeze();
        Assert.True(group.IsFrozen);
        group.Thaw();
        while (spoke.CurrentCount > 0)
        {
            await spoke.WaitAsync();
        }

        await spoke.WaitAsync();
        group.Freeze();
        group.Kill();

        Assert.Equal(137, (await container.WaitAsync(CancellationToken.None)).ExitCode);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task The_containers_group_is_the_root_of_what_it_sees()
    {
        SkipWithout("pids");

        var seen = await OutputOfAsync("cat /proc/self/cgroup", spec => spec with { ControlGroup = With(new ControlGroupLimits { Processes = 50 }) });

        Assert.Contains(":pids:/\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("builder", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_does_not_start_leaves_no_group()
    {
        SkipWithout("pids");

        await Assert.ThrowsAsync<Diagnostics.BuilderException>(() => Outcome.OfAsync(Root.Spec("/no/such/program") with { ControlGroup = With(new ControlGroupLimits { Processes = 50 }) }));

        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_container_that_takes_too_long_is_stopped_and_says_so()
    {
        var exit = (await Outcome.OfAsync(Root.Spec("sleep", "1000") with { TimeLimit = TimeSpan.FromMilliseconds(200) })).Exit;

        Assert.True(exit.TimedOut);
        Assert.Equal(137, exit.ExitCode);
    }

    [Fact]
    public async Task A_container_may_share_namespaces_with_the_host()
    {
        static string Mine(string kind) => new FileInfo($"/proc/self/ns/{kind}").LinkTarget!;

        var seen = await OutputOfAsync("for n in pid ipc uts cgroup time; do readlink /proc/self/ns/$n; done", spec => spec with { Namespaces = Linux.Isolation.Namespaces.None });

        Assert.Equal([Mine("pid"), Mine("ipc"), Mine("uts"), Mine("cgroup"), Mine("time")], seen.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Without_a_pid_namespace_what_runs_in_the_background_still_dies_with_the_step()
    {
        var marker = $"sleep {100_000 + Random.Shared.Next(100_000)}";

        await OutputOfAsync($"{marker} & echo started", spec => spec with { Namespaces = Linux.Isolation.Namespaces.None, ControlGroup = With(ControlGroupLimits.None) });

        Assert.DoesNotContain(RunningCommands(), command => command == marker);
        AssertNothingIsLeft();
    }

    private ControlGroupRequest With(ControlGroupLimits limits) => new() { Limits = limits, Name = name };

    private static void SkipWithout(string controller) => Assert.SkipUnless(
        ControlGroupTree.OfThisMachine.Controllers.ContainsKey(controller)
            || ControlGroupTree.OfThisMachine.UnifiedMount is { } mount && File.ReadAllText(mount + "/cgroup.controllers").Split(' ', '\n').Contains(controller),
        $"this machine has no control groups for {controller}");

    private static IEnumerable<string> RunningCommands() => Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)).Select(path =>
    {
        try
        {
            return File.ReadAllText(path + "/cmdline").Replace('\0', ' ').Trim();
        }
        catch (IOException)
        {
            return "";
        }
    });

    /// <summary>A group of the test's own name is nowhere any more.</summary>
    private void AssertNothingIsLeft()
    {
        var tree = ControlGroupTree.OfThisMachine;
        var places = tree.Controllers.Values.Select(place => place.Directory).Append(tree.Unified).Append(tree.UnifiedMount + "/builder").OfType<string>().Distinct();
        Assert.All(places, place => Assert.False(Directory.Exists($"{place}/{name}"), place));
    }
}
