using System.Security.Cryptography;
using Builder.Diagnostics;

namespace Builder.Containers.Tests.Hostile;

/// <summary>What went wrong in other runtimes when a container starts, tried here (spec/security.md has the table).</summary>
public sealed class RuntimeAdvisoryTests : ContainerTest
{
    /// <summary>CVE-2016-9962: a process that is on its way into the container could be looked at, with the host's descriptors in it.</summary>
    [Fact]
    public async Task No_process_of_a_container_holds_a_descriptor_of_the_host()
    {
        var seen = await OutputOfAsync("sleep 5 & for p in /proc/[0-9]*; do for f in $p/fd/*; do readlink $f; done; done | grep -v -e '^pipe:' -e '^/dev/null$' -e '^/proc/' ; echo end");

        Assert.Equal("end\n", seen);
    }

    /// <summary>CVE-2019-5736: an image that has itself started as /proc/self/exe gets hold of the runtime's own program and overwrites it.</summary>
    [Theory]
    [InlineData("/proc/self/exe")]
    [InlineData("/link")]
    public async Task The_program_of_an_image_is_never_builder_itself(string program)
    {
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "link"), "/proc/self/exe");

        var refused = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec(program, "--version")));

        Assert.Equal(ContainersErrors.ProgramNotExecutable, refused.Code);
    }

    /// <summary>CVE-2019-5736, by the way of an interpreter line: whatever comes of it, Builder's file is what it was.</summary>
    [Fact]
    public async Task An_interpreter_line_does_not_lead_to_a_changed_builder()
    {
        var ours = Environment.ProcessPath!;
        var before = SHA256.HashData(File.ReadAllBytes(ours));
        File.WriteAllText(Path.Combine(Root.Lower, "evil"), "#!/proc/self/exe\n");
        File.SetUnixFileMode(Path.Combine(Root.Lower, "evil"), (UnixFileMode)0x1ed);

        try
        {
            await Outcome.OfAsync(Root.Spec("/evil") with { TimeLimit = TimeSpan.FromSeconds(10) });
        }
        catch (BuilderException refused)
        {
            Assert.Equal(1, refused.Code.ExitCode);
        }

        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(ours)));
    }

    /// <summary>CVE-2024-21626: a descriptor of a host's directory was left open, and a working directory led through it.</summary>
    [Fact]
    public async Task No_descriptor_gives_a_working_directory_on_the_host()
    {
        for (var number = 3; number <= 20; number++)
        {
            var path = $"/proc/self/fd/{number}";
            await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec("pwd") with { WorkingDirectory = path }));
        }
    }

    /// <summary>CVE-2025-31133: files that hide kernel files came from the image's /dev, which was a link to what should be hidden.</summary>
    [Fact]
    public async Task What_hides_kernel_files_does_not_come_from_the_image()
    {
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "dev/null"), "/proc/sys/kernel/core_pattern");

        var seen = await OutputOfAsync("stat -c '%t:%T' /proc/interrupts; echo x > /proc/sys/kernel/core_pattern 2>/dev/null && echo written; cat /proc/interrupts | wc -c");

        Assert.Equal("1:3\n0\n", seen);
    }

    /// <summary>CVE-2025-52565: the same by the way of /dev/console and /dev/pts.</summary>
    [Fact]
    public async Task Links_in_the_images_dev_are_never_seen()
    {
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "dev/console"), "/proc/sysrq-trigger");
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "dev/pts"), "/proc/sys");

        Assert.Equal("no console\nno link\n", await OutputOfAsync("test -e /dev/console || echo no console; readlink /dev/pts || echo no link"));
    }

    /// <summary>CVE-2022-24769, CVE-2022-27649, CVE-2022-27651, CVE-2022-29162: inheritable capabilities were not empty.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(1000u)]
    public async Task Nobody_inherits_capabilities(uint user)
    {
        var status = await OutputOfAsync("cat /proc/self/status", spec => spec with { User = new ResolvedUser(user, user, [], "/") });

        Assert.Contains("CapInh:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("CapAmb:\t0000000000000000", status, StringComparison.Ordinal);
    }

    /// <summary>CVE-2022-36109, CVE-2022-2989, CVE-2022-2990, CVE-2022-2995, CVE-2023-25173: the primary group was missing among the supplementary ones, or the caller's were kept.</summary>
    [Fact]
    public async Task The_groups_are_the_users_own_with_the_primary_one_among_them()
    {
        var status = await OutputOfAsync("cat /proc/self/status", spec => spec with { User = new ResolvedUser(1000, 555, [20], "/") });

        Assert.Contains("Groups:\t20 555", status, StringComparison.Ordinal);
    }

    /// <summary>CVE-2022-36109 again: a file whose group may do less than the others stays closed to its group.</summary>
    [Fact]
    public async Task A_group_that_may_do_less_cannot_be_left()
    {
        File.WriteAllText(Path.Combine(Root.Lower, "denied"), "x");
        await OutputOfAsync("chown 0:555 /denied && chmod 604 /denied");

        var outcome = await Outcome.OfAsync(Root.Shell("cat /denied") with { User = new ResolvedUser(1000, 555, [], "/") });

        Assert.Contains("Permission denied", outcome.Stderr, StringComparison.Ordinal);
    }

    /// <summary>CVE-2023-25809: the control groups of the host could be written from inside.</summary>
    [Fact]
    public async Task Control_groups_of_the_host_cannot_be_written()
    {
        var seen = await OutputOfAsync("for d in /sys/fs/cgroup /sys/fs/cgroup/*; do mkdir $d/x 2>/dev/null && echo made $d; done; echo end");

        Assert.Equal("end\n", seen);
    }

    /// <summary>CVE-2026-41579: an image whose /dev is a link had names made and removed on the host.</summary>
    [Fact]
    public async Task A_dev_that_is_a_link_is_refused_and_nothing_is_made_behind_it()
    {
        var canary = Root.Make("canary");
        Directory.Delete(Path.Combine(Root.Lower, "dev"));
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "dev"), canary);

        var refused = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Shell("true")));

        Assert.Equal(ContainersErrors.MountTarget, refused.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(canary));
    }

    /// <summary>CVE-2024-9407: a value in a mount's target or options was passed to the kernel as further options.</summary>
    [Theory]
    [InlineData("/tmp,rshared")]
    [InlineData("/tmp:/host")]
    public async Task Words_of_a_mount_are_no_options(string target)
    {
        var name = target[1..].Split('/')[0];
        Directory.CreateDirectory(Path.Combine(Root.Lower, target[1..]));

        var seen = await OutputOfAsync($"mount | grep -c '{name}'; ls / | grep -c '{name}'", spec => spec with { Mounts = [new TmpfsMount(target)] });

        Assert.Equal("1\n1\n", seen);
    }

    /// <summary>GHSA-jq35-85cj-fj4p, GHSA-6fw5-f8r9-fgfm: what a processor draws and how often it is interrupted tells of its neighbours' secrets.</summary>
    [Fact]
    public async Task Side_channels_of_the_processor_are_hidden()
    {
        var seen = await OutputOfAsync("cat /proc/interrupts | wc -c; ls /sys/devices/virtual/powercap 2>/dev/null | wc -l");

        Assert.Equal("0\n0\n", seen);
    }
}
