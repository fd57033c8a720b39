using Builder.Linux.ControlGroups;

namespace Builder.Containers.Tests.Hostile;

/// <summary>Containers that try to get out, to see their maker, or to use up the machine.</summary>
public sealed class HostileContainerTests : ContainerTest
{
    [Fact]
    public async Task A_fork_bomb_explodes_inside_its_limit_and_ends_with_the_step()
    {
        Assert.SkipUnless(ControlGroupTree.OfThisMachine.Controllers.ContainsKey("pids") || ControlGroupTree.OfThisMachine.Mode == ControlGroupMode.V2, "no control groups for processes");
        var spec = Root.Shell("bomb() { bomb | bomb & }; bomb; sleep 1; exit 3") with
        {
            ControlGroup = new ControlGroupRequest { Limits = new ControlGroupLimits { Processes = 50 } },
            TimeLimit = TimeSpan.FromSeconds(20),
        };

        var outcome = await Outcome.OfAsync(spec);

        Assert.False(outcome.Exit.Succeeded);
        Assert.Contains("can't fork", outcome.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc/sys/kernel/core_pattern")]
    [InlineData("/proc/sys/kernel/hostname")]
    [InlineData("/proc/sys/vm/drop_caches")]
    [InlineData("/proc/sysrq-trigger")]
    [InlineData("/proc/1/oom_score_adj/../../sys/kernel/modprobe")]
    [InlineData("/sys/kernel/uevent_helper")]
    public async Task Settings_of_the_kernel_cannot_be_written(string path)
    {
        Assert.DoesNotContain("written", (await Outcome.OfAsync(Root.Shell($"(echo x > {path}) 2>/dev/null && echo written; true"))).Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_way_of_mounting_or_of_new_namespaces_is_open()
    {
        const string Tries = """
            mount -t proc none /tmp && echo proc
            mount -t tmpfs none /tmp && echo tmpfs
            mount --bind / /tmp && echo bind
            mount -o remount,rw /proc/sys && echo remount
            umount /proc/sys && echo uncovered
            umount -l /proc && echo proc away
            unshare -m true && echo mounts
            unshare -U true && echo users
            unshare -n true && echo network
            mknod /tmp/disk b 8 0 && cat /tmp/disk && echo disk
            echo end
            """;

        Assert.Equal("end\n", (await Outcome.OfAsync(Root.Shell(Tries))).Stdout);
    }

    [Fact]
    public async Task Neither_the_processes_nor_the_environment_of_builder_can_be_seen()
    {
        Environment.SetEnvironmentVariable("BUILDER_TEST_CANARY", "canary-of-builder");

        var seen = await OutputOfAsync("ls -d /proc/[0-9]* | wc -l; cat /proc/[0-9]*/environ | grep -c canary-of-builder; cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c -i -e [b]uilder.containers -e [d]otnet; true");

        var lines = seen.Split('\n');
        Assert.InRange(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture), 1, 4);
        Assert.Equal(["0", "0"], lines[1..3]);
    }

    [Fact]
    public async Task The_hosts_root_is_not_reached_by_any_chroot()
    {
        // With CAP_SYS_CHROOT one climbs out of a root that is no mount; this one is.
        var outcome = await Outcome.OfAsync(Root.Shell("mkdir -p /jail/bin && busybox cp /bin/busybox /jail/bin/ && cd / && busybox chroot /jail /bin/busybox sh -c 'cd ../../../../../../..; /bin/busybox chroot . /bin/busybox ls /' ; busybox ls /../../.."));

        Assert.DoesNotContain("home", outcome.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("boot", outcome.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_signals_nobody_outside()
    {
        var outcome = await Outcome.OfAsync(Root.Shell($"kill -9 {Environment.ProcessId}; kill -9 -1; echo alive"));

        Assert.Contains("alive", outcome.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_swapped_for_a_link_meanwhile_takes_no_mount_outside()
    {
        // CVE-2021-30465: the swapping container and the mounting one share a folder.
        var (shared, canary) = (Root.Make("shared"), Root.Make("canary"));
        Directory.CreateDirectory(Path.Combine(shared, "place"));
        using var enough = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    Directory.Delete(Path.Combine(shared, "place"));
                    File.CreateSymbolicLink(Path.Combine(shared, "place"), canary);
                    File.Delete(Path.Combine(shared, "place"));
                    Directory.CreateDirectory(Path.Combine(shared, "place"));
                }
                catch (IOException)
                {
                    // The container was quicker: it has made the directory, or has just mounted on it.
                }
            }
        });
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));

        for (var i = 0; i < 60; i++)
        {
            var spec = Root.Shell("echo x > /mnt/place/file") with
            {
                Root = new OverlayRoot([Root.Lower], Root.Make($"u{i}"), Root.Make($"w{i}")),
                Mounts = [new BindMount(shared, "/mnt", ReadOnly: false), new TmpfsMount("/mnt/place")],
            };
            try
            {
                await Outcome.OfAsync(spec);
            }
            catch (Diagnostics.BuilderException)
            {
                // Refused is as good as mounted inside.
            }
        }

        await enough.CancelAsync();
        await swapping;
        Assert.Empty(Directory.EnumerateFileSystemEntries(canary));
        Assert.DoesNotContain(canary, File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }
}
