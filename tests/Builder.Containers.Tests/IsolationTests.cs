using Builder.Diagnostics;
using Builder.Linux.Isolation;
using Builder.Linux.Isolation.Seccomp;

namespace Builder.Containers.Tests;

public sealed class IsolationTests : ContainerTest
{
    private const string DockersCapabilities = "00000000a80425fb";

    [Fact]
    public async Task The_process_has_dockers_capabilities_a_filter_and_no_signals_from_us()
    {
        var status = StatusFields((await Outcome.OfAsync(Root.Spec("cat", "/proc/self/status"))).Stdout);

        Assert.Equal("0000000000000000", status["CapInh"]);
        Assert.Equal(DockersCapabilities, status["CapPrm"]);
        Assert.Equal(DockersCapabilities, status["CapEff"]);
        Assert.Equal(DockersCapabilities, status["CapBnd"]);
        Assert.Equal("0000000000000000", status["CapAmb"]);
        Assert.Equal("0", status["NoNewPrivs"]);
        Assert.Equal("2", status["Seccomp"]);
        Assert.Equal("1", status["Seccomp_filters"]);
        Assert.All(["SigBlk", "SigIgn", "SigCgt"], field => Assert.Equal("0000000000000000", status[field]));
        Assert.Equal("0022", status["Umask"]);
    }

    [Fact]
    public async Task A_user_has_its_groups_and_no_capabilities()
    {
        var spec = Root.Spec("cat", "/proc/self/status") with { User = new ResolvedUser(1234, 555, [10, 20], "/"), NoNewPrivileges = true };

        var status = StatusFields((await Outcome.OfAsync(spec)).Stdout);

        Assert.Equal("1234 1234 1234 1234", status["Uid"]);
        Assert.Equal("555 555 555 555", status["Gid"]);
        Assert.Equal("10 20 555", status["Groups"]);
        Assert.Equal("0000000000000000", status["CapPrm"]);
        Assert.Equal("0000000000000000", status["CapEff"]);
        Assert.Equal(DockersCapabilities, status["CapBnd"]);
        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Equal("2", status["Seccomp"]);
    }

    [Fact]
    public async Task Capabilities_and_the_filter_are_as_the_spec_says()
    {
        var spec = Root.Spec("cat", "/proc/self/status") with { Capabilities = CapabilitySet.FromName("CHOWN")!.Value, Seccomp = SeccompPolicy.Unconfined };

        var status = StatusFields((await Outcome.OfAsync(spec)).Stdout);

        Assert.Equal("0000000000000001", status["CapEff"]);
        Assert.Equal("0", status["Seccomp"]);
    }

    [Fact]
    public async Task A_user_namespace_of_its_own_has_the_same_ids_and_no_power_outside()
    {
        const string Script = "readlink /proc/self/ns/user; id -u; touch /made && chown 1234:50 /made && stat -c %u:%g /made;"
            + " mknod /device c 1 3 2>/dev/null || echo no device; hostname other 2>/dev/null || echo no hostname; grep Cap /proc/self/status";
        var spec = Root.Shell(Script) with { UserNamespace = UserNamespaceMode.Private };

        var lines = (await Outcome.OfAsync(spec)).Stdout.Split('\n');

        Assert.StartsWith("user:[", lines[0], StringComparison.Ordinal);
        Assert.NotEqual(new FileInfo("/proc/self/ns/user").LinkTarget, lines[0]);
        Assert.Equal(["0", "1234:50", "no device", "no hostname"], lines[1..5]);
        Assert.Contains($"CapEff:\t{DockersCapabilities}", lines);
        Assert.Contains($"CapBnd:\t{DockersCapabilities}", lines);
    }

    [Fact]
    public async Task A_failure_before_the_user_namespace_does_not_hang()
    {
        var spec = Root.Shell("true") with { UserNamespace = UserNamespaceMode.Private, WorkingDirectory = "/etc/passwd" };

        await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(spec).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Only_the_three_standard_descriptors_are_open()
    {
        // ls itself opens the fourth.
        Assert.Equal("0\n1\n2\n3\n", await OutputOfAsync("ls /proc/self/fd"));
        Assert.Equal("/dev/null\n", await OutputOfAsync("readlink /proc/self/fd/0"));
    }

    [Fact]
    public async Task Every_namespace_but_the_hosts_network_is_new()
    {
        string[] kinds = ["mnt", "pid", "uts", "ipc", "cgroup", "net"];
        var inside = (await OutputOfAsync($"cd /proc/self/ns; for n in {string.Join(' ', kinds)}; do readlink $n; done")).Split('\n');
        var outside = kinds.Select(kind => new FileInfo($"/proc/self/ns/{kind}").LinkTarget).ToArray();

        Assert.Equal([false, false, false, false, false, true], kinds.Select((_, i) => inside[i] == outside[i]));
    }

    [Fact]
    public async Task Without_a_network_only_loopback_is_there_and_it_is_up()
    {
        var output = await OutputOfAsync("ls /sys/class/net; ip addr show lo", spec => spec with { Network = NetworkMode.None });

        Assert.StartsWith("lo\n", output.Replace("bonding_masters\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("eth0", output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1/8", output, StringComparison.Ordinal);
        Assert.Contains("<LOOPBACK,UP", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_one_is_the_program_and_the_hostname_is_the_given_one()
    {
        Assert.Equal("1 test\n", await OutputOfAsync("echo $$ $(hostname)", spec => spec with { Hostname = "test" }));
    }

    [Fact]
    public async Task Devices_are_the_harmless_ones_and_work()
    {
        var names = (await OutputOfAsync("ls /dev; head -c 4 /dev/urandom >/dev/null; echo x > /dev/full && exit 1; echo x > /dev/null")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"], names);
        Assert.Equal("666 1 3\n", await OutputOfAsync("stat -c '%a %t %T' /dev/null"));
    }

    [Fact]
    public async Task Standard_output_can_be_opened_again_by_any_user()
    {
        Assert.Equal("again\n", await OutputOfAsync("echo again > /dev/stdout", spec => spec with { User = new ResolvedUser(1000, 1000, [], "/") }));
    }

    [Fact]
    public async Task Kernel_settings_are_read_only_and_secrets_of_the_kernel_hidden()
    {
        var output = await OutputOfAsync("""
            for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/kernel/profiling; do test -e $f && echo x > $f && echo "wrote $f"; done
            cat /proc/kcore /proc/keys /proc/timer_list /proc/interrupts | wc -c
            ls /sys/firmware /proc/acpi | wc -l
            mount | grep ' /proc/sys ' | grep -c '(ro,'
            """);

        Assert.DoesNotContain("wrote", output, StringComparison.Ordinal);
        Assert.Equal("0", output.Split('\n')[0]);
        Assert.EndsWith("1\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_is_not_reachable_through_mounts()
    {
        var outcome = await Outcome.OfAsync(Root.Shell("mount -t tmpfs none /tmp; unshare -m true; cat /proc/mounts | grep -c ext4"));

        Assert.Equal("0\n", outcome.Stdout);
        Assert.Equal(2, outcome.Stderr.Split('\n').Count(line => line.Contains("ermission denied", StringComparison.Ordinal) || line.Contains("not permitted", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Devices_can_be_made_but_not_opened()
    {
        var outcome = await Outcome.OfAsync(Root.Shell("for d in /tmp /dev /dev/shm; do mknod $d/node c 1 5 && cat $d/node; done; chmod 600 /dev/null"));

        Assert.Equal(3, outcome.Stderr.Split('\n').Count(line => line.EndsWith("node: Permission denied", StringComparison.Ordinal) || line.Contains("can't open", StringComparison.Ordinal)));
        Assert.Contains("/dev/null: Read-only file system", outcome.Stderr, StringComparison.Ordinal);
        Assert.Equal(["tmp", "tmp/node"], Root.UpperEntries());
    }

    [Fact]
    public async Task Limits_do_not_depend_on_who_started_us()
    {
        Assert.Equal("0\n100\n", await OutputOfAsync("ulimit -c; ulimit -n", spec => spec with { Limits = [new(LimitedResource.OpenFiles, 100, 200)] }));
    }

    internal static Dictionary<string, string> StatusFields(string status) => status
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(':', 2))
        .ToDictionary(pair => pair[0], pair => string.Join(' ', pair[1].Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries)));
}
