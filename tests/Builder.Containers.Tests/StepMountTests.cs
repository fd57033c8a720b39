using System.Text;

namespace Builder.Containers.Tests;

/// <summary>Mounts of layers and of files in memory.</summary>
public sealed class StepMountTests : ContainerTest
{
    [Fact]
    public async Task A_file_in_memory_has_its_owner_and_mode_and_is_nowhere_on_the_host()
    {
        Directory.CreateDirectory(Path.Combine(Root.Lower, "run"));
        File.WriteAllText(Path.Combine(Root.Lower, "run/secret"), "");
        var mount = new MemoryFileMount(Encoding.UTF8.GetBytes("precious"), "/run/secret") { Mode = 0x124, Uid = 7, Gid = 8 };

        var output = await OutputOfAsync(
            "cat /run/secret; stat -c ' %a %u:%g' /run/secret; grep ' /run/secret ' /proc/mounts; rm /run/secret 2>/dev/null || echo busy; touch /run/secret 2>/dev/null || echo ro",
            spec => spec with { Mounts = [mount] });

        Assert.StartsWith("precious 444 7:8\ntmpfs /run/secret tmpfs ro,nosuid,nodev,noexec", output, StringComparison.Ordinal);
        Assert.EndsWith("busy\nro\n", output, StringComparison.Ordinal);
        Assert.Empty(Root.UpperEntries());
        Assert.DoesNotContain("precious", string.Concat(Directory.EnumerateFiles(Root.Beside("."), "*", SearchOption.AllDirectories).Where(path => new FileInfo(path).Length < 1000).Select(File.ReadAllText)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_in_memory_comes_whole()
    {
        File.WriteAllText(Path.Combine(Root.Lower, "etc/large"), "");

        var output = await OutputOfAsync("wc -c < /etc/large", spec => spec with { Mounts = [new MemoryFileMount(new byte[500 << 10], "/etc/large")] });

        Assert.Equal($"{500 << 10}\n", output);
    }

    [Fact]
    public async Task Layers_are_seen_merged_and_read_only()
    {
        var (low, high) = (Root.Make("low/d"), Root.Make("high/d"));
        File.WriteAllText(Path.Combine(low, "a"), "below");
        File.WriteAllText(Path.Combine(low, "b"), "b");
        File.WriteAllText(Path.Combine(high, "a"), "above ");
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));

        var output = await OutputOfAsync("cat /mnt/a /mnt/b; touch /mnt/c 2>/dev/null || echo ' ro'", spec => spec with
        {
            Mounts = [new LayersMount([Root.Beside("high"), Root.Beside("low")], "/d", "/mnt")],
        });

        Assert.Equal("above b ro\n", output);
    }

    [Fact]
    public async Task What_is_written_to_layers_goes_to_the_upper_folder()
    {
        var low = Root.Make("low");
        File.WriteAllText(Path.Combine(low, "a"), "as it was");
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));

        await OutputOfAsync("echo changed > /mnt/a; mkdir /mnt/new", spec => spec with
        {
            Mounts = [new LayersMount([low], "/", "/mnt") { UpperDir = Root.Make("changes"), WorkDir = Root.Make("changes-work") }],
        });

        Assert.Equal("as it was", File.ReadAllText(Path.Combine(low, "a")));
        Assert.Equal("changed\n", File.ReadAllText(Root.Beside("changes/a")));
        Assert.Empty(Root.UpperEntries());
    }

    /// <summary>CVE-2024-1753.</summary>
    [Fact]
    public async Task A_link_in_a_layer_does_not_lead_to_the_host()
    {
        var low = Root.Make("low");
        File.CreateSymbolicLink(Path.Combine(low, "out"), "/");
        File.WriteAllText(Path.Combine(low, "inside"), "");
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));

        Assert.Equal("inside\nout\n", await OutputOfAsync("ls /mnt", spec => spec with { Mounts = [new LayersMount([low], "/out", "/mnt")] }));
    }

    [Fact]
    public async Task A_tmpfs_can_be_read_only()
    {
        var outcome = await Outcome.OfAsync(Root.Shell("touch /tmp/x") with { Mounts = [new TmpfsMount("/tmp") { ReadOnly = true }] });

        Assert.Contains("Read-only file system", outcome.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_confinement_there_are_devices_capabilities_and_writable_settings()
    {
        var output = await OutputOfAsync(
            "grep -c 'CapEff:.*a80425fb' /proc/self/status; mount -t tmpfs none /tmp && echo mounts; mknod /tmp/null c 1 3 && echo x > /tmp/null && echo opens; grep ' /sys sysfs rw' /proc/mounts | wc -l; ls -d /dev/kmsg",
            spec => (spec with { User = new ResolvedUser(7, 8, [], "/") }).WithoutConfinement());

        // grep finds nothing and says 0.
        Assert.Equal("0\nmounts\nopens\n1\n/dev/kmsg\n", output);
    }

    [Theory]
    [InlineData("nofile=100:200", LimitedResource.OpenFiles, 100, 200)]
    [InlineData("core=0", LimitedResource.Core, 0, 0)]
    [InlineData("memlock=-1", LimitedResource.LockedMemory, ulong.MaxValue, ulong.MaxValue)]
    [InlineData("stack=1:unlimited", LimitedResource.Stack, 1, ulong.MaxValue)]
    public void A_limit_is_read(string text, LimitedResource resource, ulong soft, ulong hard) =>
        Assert.Equal(new ResourceLimit(resource, soft, hard), ResourceLimit.Parse(text));

    [Theory]
    [InlineData("nofile")]
    [InlineData("files=1")]
    [InlineData("nofile=x")]
    [InlineData("nofile=2:1")]
    [InlineData("nofile=1:2:3")]
    public void What_is_no_limit_is_refused(string text) =>
        Assert.Equal(ContainersErrors.InvalidLimit, Assert.Throws<Diagnostics.BuilderException>(() => ResourceLimit.Parse(text)).Code);
}
