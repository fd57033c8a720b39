using Builder.Diagnostics;
using Builder.Linux.ControlGroups;

namespace Builder.Linux.Tests.ControlGroups;

public sealed class ControlGroupTests
{
    private const string Unified = "/sys/fs/cgroup";

    private static readonly string[] UnifiedFiles =
    [
        "cgroup.controllers", "cgroup.subtree_control", "cgroup.procs", "memory.max", "memory.swap.max", "cpu.weight", "cpu.max", "cpuset.cpus", "cpuset.mems", "pids.max", "io.weight",
        "cgroup.freeze", "cgroup.events", "cgroup.kill", "memory.peak", "memory.events", "cpu.stat", "io.stat",
    ];

    private static readonly ControlGroupLimits Everything = new()
    {
        Memory = 64 << 20, MemorySwap = 96 << 20, CpuShares = 512, CpuQuota = 50_000, CpuPeriod = 100_000, CpusetCpus = "0-1", CpusetMems = "0", Processes = 100, BlockWeight = 500,
    };

    private const string HybridMounts = """
        30 20 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        33 30 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
        34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """;

    [Fact]
    public void A_machine_with_one_tree_is_version_2()
    {
        var tree = ControlGroupTree.Parse("30 20 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate", "0::/user.slice/user-1000.slice/a\n");

        Assert.Equal((ControlGroupMode.V2, "/sys/fs/cgroup/user.slice/user-1000.slice/a"), (tree.Mode, tree.Unified));
    }

    [Fact]
    public void A_machine_with_both_is_hybrid_and_knows_its_place_in_each()
    {
        var tree = ControlGroupTree.Parse(HybridMounts, "3:memory:/outer/x\n2:cpu,cpuacct:/\n1:name=systemd:/\n0::/\n");

        Assert.Equal(ControlGroupMode.Hybrid, tree.Mode);
        Assert.Equal(["cpu", "cpuacct", "memory"], tree.Controllers.Keys);
        Assert.Equal("/sys/fs/cgroup/memory/outer/x", tree.Controllers["memory"].Directory);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", tree.Controllers["cpu"].Directory);
        Assert.Equal("/sys/fs/cgroup/unified", tree.Unified);
    }

    [Theory]
    [InlineData("/docker/abc", "/docker/abc", "/sys/fs/cgroup/memory")]
    [InlineData("/docker/abc", "/docker/abc/below", "/sys/fs/cgroup/memory/below")]
    [InlineData("/", "/../outside", "/sys/fs/cgroup/memory")]
    [InlineData("/docker/abc", "/elsewhere", "/sys/fs/cgroup/memory")]
    public void In_a_container_the_mount_begins_at_its_own_group(string root, string path, string directory)
    {
        var tree = ControlGroupTree.Parse($"32 30 0:28 {root} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", $"3:memory:{path}\n");

        Assert.Equal((ControlGroupMode.V1, directory), (tree.Mode, tree.Controllers["memory"].Directory));
    }

    [Fact]
    public void Without_any_there_is_no_mode_and_a_limit_says_so()
    {
        var tree = ControlGroupTree.Parse("20 1 8:1 / / rw - ext4 /dev/sda rw", "");

        var refused = Assert.Throws<BuilderException>(() => ControlGroup.Create(new ControlGroupRequest { Limits = new ControlGroupLimits { Processes = 5 } }, tree, new FakeControlGroups(), isMachineRoot: true));

        Assert.Equal(ControlGroupMode.None, tree.Mode);
        Assert.Equal("--pids-limit (5) cannot be had: no control groups are mounted on this machine", refused.Message);
    }

    [Fact]
    public void Version_2_takes_dockers_limits_in_its_own_words()
    {
        var (files, tree) = Version2("/session");
        using var group = ControlGroup.Create(new ControlGroupRequest { Limits = Everything }, tree, files, isMachineRoot: true);
        var directory = group.Directories[""];

        Assert.StartsWith("/sys/fs/cgroup/builder/builder-", directory, StringComparison.Ordinal);
        Assert.Equal(
            ["67108864", "33554432", "59", "50000 100000", "0-1", "0", "100", "default 4950"],
            new[] { "memory.max", "memory.swap.max", "cpu.weight", "cpu.max", "cpuset.cpus", "cpuset.mems", "pids.max", "io.weight" }.Select(file => files[$"{directory}/{file}"]));
        Assert.Equal("memory cpu cpuset pids io", files["/sys/fs/cgroup/builder/cgroup.subtree_control"]);
    }

    [Fact]
    public void Version_1_takes_them_in_the_old_words_and_a_cpuset_inherits_what_was_not_said()
    {
        var files = new FakeControlGroups();
        files.Mount("/c/memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "cgroup.procs");
        files.Mount("/c/cpu", "cpu.shares", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cgroup.procs");
        files.Mount("/c/cpuset", "cpuset.cpus", "cpuset.mems", "cgroup.procs");
        files.Mount("/c/pids", "pids.max", "cgroup.procs");
        files.Mount("/c/blkio", "blkio.bfq.weight", "cgroup.procs");
        (files["/c/cpuset/cpuset.cpus"], files["/c/cpuset/cpuset.mems"]) = ("0-3\n", "0\n");
        var tree = new ControlGroupTree(new[] { "memory", "cpu", "cpuset", "pids", "blkio" }.ToDictionary(name => name, name => new ControlGroupPlace($"/c/{name}", $"/c/{name}")), null, null);

        using var group = ControlGroup.Create(new ControlGroupRequest { Limits = Everything with { CpusetMems = null }, Parent = "/a/b", Name = "mine" }, tree, files, isMachineRoot: true);

        Assert.Equal(
            ["67108864", "100663296", "512", "50000", "100000", "0-1", "0", "100", "500", "0-3"],
            new[]
            {
                "memory/a/b/mine/memory.limit_in_bytes", "memory/a/b/mine/memory.memsw.limit_in_bytes", "cpu/a/b/mine/cpu.shares", "cpu/a/b/mine/cpu.cfs_quota_us", "cpu/a/b/mine/cpu.cfs_period_us",
                "cpuset/a/b/mine/cpuset.cpus", "cpuset/a/b/mine/cpuset.mems", "pids/a/b/mine/pids.max", "blkio/a/b/mine/blkio.bfq.weight", "cpuset/a/b/cpuset.cpus",
            }.Select(file => files[$"/c/{file}"]));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(512, 59)]
    [InlineData(1024, 100)]
    [InlineData(2048, 174)]
    [InlineData(262144, 10000)]
    public void Shares_become_a_weight_with_the_usual_at_the_usual(long shares, long weight) => Assert.Equal(weight, ControlGroupSetting.Weight(shares));

    [Fact]
    public void Memory_alone_allows_as_much_swap_again_and_no_complaint_where_swap_is_not_counted()
    {
        var (files, tree) = Version2("/session", UnifiedFiles.Where(file => file != "memory.swap.max"));

        using var group = ControlGroup.Create(new ControlGroupRequest { Limits = new ControlGroupLimits { Memory = 64 << 20 } }, tree, files, isMachineRoot: true);

        Assert.Empty(group.Notes);
        Assert.Throws<BuilderException>(() => ControlGroup.Create(new ControlGroupRequest { Limits = new ControlGroupLimits { Memory = 64 << 20, MemorySwap = 64 << 20 } }, tree, files, isMachineRoot: true));
    }

    /// <summary>A user's own scope has processes (Builder and who started it): they move into a leaf, or it could have no groups with controllers.</summary>
    [Fact]
    public void A_delegated_group_of_a_user_is_divided()
    {
        var (files, tree) = Version2("/user/scope");
        files["/sys/fs/cgroup/user/cgroup.subtree_control"] = "memory pids";
        files["/sys/fs/cgroup/user/scope/cgroup.controllers"] = "memory pids";
        files["/sys/fs/cgroup/user/scope/cgroup.procs"] = "100\n101\n";

        using var group = ControlGroup.Create(new ControlGroupRequest { Limits = new ControlGroupLimits { Processes = 10 } }, tree, files, isMachineRoot: false);

        Assert.Equal("10", files[$"{group.Directories[""]}/pids.max"]);
        Assert.StartsWith("/sys/fs/cgroup/user/scope/builder-", group.Directories[""], StringComparison.Ordinal);
        Assert.Equal("100\n101\n", files["/sys/fs/cgroup/user/scope/builder-processes/cgroup.procs"]);
    }

    [Fact]
    public void Without_delegation_a_limit_is_refused_with_the_remedy_or_noted()
    {
        var (files, tree) = Version2("/user/scope");
        files.ReadOnly.Add("/sys/fs/cgroup");
        files["/sys/fs/cgroup/user/scope/cgroup.controllers"] = "pids";
        var request = new ControlGroupRequest { Limits = new ControlGroupLimits { Processes = 10 } };

        var refused = Assert.Throws<BuilderException>(() => ControlGroup.Create(request, tree, files, isMachineRoot: false));
        using var group = ControlGroup.Create(request with { IsBestEffort = true }, tree, files, isMachineRoot: false);

        Assert.Contains("this user has been given no control group of its own", refused.Message, StringComparison.Ordinal);
        Assert.Equal("start Builder with systemd-run --user --scope -p Delegate=yes, or go on without it with --limits=best-effort", refused.Hint);
        Assert.Contains("--pids-limit (10) cannot be had", Assert.Single(group.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_that_is_refused_leaves_no_group_behind()
    {
        var (files, tree) = Version2("/session", UnifiedFiles.Where(file => file != "pids.max"));

        Assert.Throws<BuilderException>(() => ControlGroup.Create(new ControlGroupRequest { Limits = Everything }, tree, files, isMachineRoot: true));

        Assert.DoesNotContain(files.Directories, directory => directory.Contains("/builder-", StringComparison.Ordinal));
    }

    [Fact]
    public void Groups_of_processes_that_are_gone_are_swept()
    {
        var (files, tree) = Version2("/session");
        using (ControlGroup.Create(new ControlGroupRequest { Limits = Everything }, tree, files, isMachineRoot: true))
        {
            var mine = files.Directories.Single(directory => directory.Contains("/builder-", StringComparison.Ordinal));
            files.MakeDirectory(mine.Replace($"-{Environment.ProcessId}-", "-999999999-", StringComparison.Ordinal));
            files.MakeDirectory(Path.GetDirectoryName(mine) + "/builder-by-somebody-else");
        }

        using var next = ControlGroup.Create(new ControlGroupRequest { Limits = Everything }, tree, files, isMachineRoot: true);

        Assert.Contains(files.Removed, path => path.Contains("-999999999-", StringComparison.Ordinal));
        Assert.DoesNotContain(files.Removed, path => path.EndsWith("else", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/")]
    [InlineData("/a/../../b")]
    public void A_parent_does_not_lead_out(string parent)
    {
        var (files, tree) = Version2("/session");

        var refused = Assert.Throws<BuilderException>(() => ControlGroup.Create(new ControlGroupRequest { Limits = Everything, Parent = parent }, tree, files, isMachineRoot: true));

        Assert.Equal(LinuxErrors.ControlGroupParent, refused.Code);
    }

    [Fact]
    public void A_slice_lies_where_systemd_has_it()
    {
        var (files, tree) = Version2("/session");

        using var group = ControlGroup.Create(new ControlGroupRequest { Limits = Everything, Parent = "ci-jobs.slice", Name = "x" }, tree, files, isMachineRoot: true);

        Assert.Equal("/sys/fs/cgroup/ci.slice/ci-jobs.slice/x", group.Directories[""]);
    }

    [Fact]
    public void What_version_2_counts_is_told()
    {
        var (files, tree) = Version2("/session");
        using var group = ControlGroup.Create(new ControlGroupRequest { Limits = Everything }, tree, files, isMachineRoot: true);
        var directory = group.Directories[""];
        files[directory + "/cpu.stat"] = "usage_usec 1500\nuser_usec 1000\n";
        files[directory + "/memory.peak"] = "4096\n";
        files[directory + "/memory.events"] = "low 0\noom 2\noom_kill 1\n";
        files[directory + "/io.stat"] = "8:0 rbytes=10 wbytes=20 rios=1\n8:16 rbytes=1 wbytes=2\n";

        Assert.Equal(new ControlGroupUsage(TimeSpan.FromMicroseconds(1500), 4096, 11, 22, 1), group.ReadUsage());
    }

    private static (FakeControlGroups Files, ControlGroupTree Tree) Version2(string own, IEnumerable<string>? filesOfGroups = null)
    {
        var files = new FakeControlGroups();
        files.Mount(Unified, [.. filesOfGroups ?? UnifiedFiles]);
        files[Unified + "/cgroup.controllers"] = "cpuset cpu io memory pids";
        for (var slash = own.IndexOf('/', 1); ; slash = own.IndexOf('/', slash + 1))
        {
            files.MakeDirectory(Unified + (slash < 0 ? own : own[..slash]));
            if (slash < 0)
            {
                return (files, new ControlGroupTree(new Dictionary<string, ControlGroupPlace>(), Unified + own, Unified));
            }
        }
    }
}
