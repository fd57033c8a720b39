using Builder.Diagnostics;

namespace Builder.Containers.Tests;

public sealed class MountTests : ContainerTest
{
    [Fact]
    public async Task A_bind_shows_the_hosts_directory_and_writes_reach_it()
    {
        var source = Root.Make("source");
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));

        await OutputOfAsync("echo x > /mnt/file", spec => spec with { Mounts = [new BindMount(source, "/mnt", ReadOnly: false)] });

        Assert.Equal("x\n", File.ReadAllText(Path.Combine(source, "file")));
    }

    [Fact]
    public async Task A_source_can_be_given_as_an_open_file_so_that_no_link_can_take_its_place()
    {
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));
        File.WriteAllText(Path.Combine(Root.Lower, "mnt/target"), "");
        File.WriteAllText(Root.Beside("real"), "real");
        using var handle = File.OpenHandle(Root.Beside("real"));
        File.Move(Root.Beside("real"), Root.Beside("moved"));
        File.WriteAllText(Root.Beside("real"), "another");

        Assert.Equal("real", await OutputOfAsync("cat /mnt/target", spec => spec with { Mounts = [new BindMount(Root.Beside("real"), "/mnt/target", true) { SourceHandle = handle }] }));
    }

    [Fact]
    public async Task A_read_only_bind_cannot_be_written()
    {
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));
        var spec = Root.Shell("echo x > /mnt/file") with { Mounts = [new BindMount(Root.Make("source"), "/mnt", ReadOnly: true)] };

        var outcome = await Outcome.OfAsync(spec);

        Assert.Contains("Read-only file system", outcome.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tmpfs_has_its_size_and_mode_and_leaves_nothing()
    {
        var output = await OutputOfAsync(
            "stat -c %a /tmp; dd if=/dev/zero of=/tmp/big bs=1024 count=2000 2>/dev/null; stat -c %s /tmp/big",
            spec => spec with { Mounts = [new TmpfsMount("/tmp", 1 << 20, 0x1c0)] });

        Assert.Equal("700\n1048576\n", output);
        Assert.Empty(Root.UpperEntries());
    }

    [Fact]
    public async Task A_target_inside_another_mount_is_made_there()
    {
        var (outer, inner, file) = (Root.Make("outer"), Root.Make("inner"), Root.Beside("file"));
        File.WriteAllText(Path.Combine(inner, "here"), "inner");
        File.WriteAllText(file, "file");
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));

        var output = await OutputOfAsync("cat /mnt/a/b/here /mnt/c/file /dev/extra", spec => spec with
        {
            Mounts = [new BindMount(outer, "/mnt", false), new BindMount(inner, "/mnt/a/b", false), new BindMount(file, "/mnt/c/file", true), new BindMount(file, "/dev/extra", true)],
        });

        Assert.Equal("innerfilefile", output);
        Assert.Empty(Root.UpperEntries());
    }

    [Fact]
    public async Task A_target_behind_a_link_is_found_inside_the_root()
    {
        Directory.CreateDirectory(Path.Combine(Root.Lower, "real"));
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "link"), "../../../real");
        var source = Root.Make("source");
        File.WriteAllText(Path.Combine(source, "file"), "inside");

        Assert.Equal("inside", await OutputOfAsync("cat /real/file", spec => spec with { Mounts = [new BindMount(source, "/link", true)] }));
    }

    [Theory]
    [InlineData("relative", "mount target relative is not an absolute path")]
    [InlineData("/", "mount target / is the root itself")]
    [InlineData("/a/../b", "mount target /a/../b has \"..\" in it")]
    [InlineData("/proc/sys", "mount target /proc/sys is in /proc, which belongs to the kernel")]
    [InlineData("/nosuch", "mount target /nosuch does not exist in the root file system")]
    [InlineData("/etc/motd", "mount target /etc/motd is not a directory in the root file system")]
    public async Task An_impossible_target_is_refused(string target, string message)
    {
        var spec = Root.Spec("true") with { Mounts = [new TmpfsMount(target)] };

        var exception = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(spec));

        Assert.Equal((ContainersErrors.MountTarget, message), (exception.Code, exception.Message));
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/sys")]
    [InlineData("/dev")]
    public async Task An_image_whose_kernel_directories_are_links_is_refused_and_nothing_is_made_outside(string path)
    {
        var outside = Root.Make("outside");
        Directory.Delete(Root.Lower + path);
        File.CreateSymbolicLink(Root.Lower + path, outside);

        var exception = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec("true")));

        Assert.Equal($"mount target {path} is a symbolic link in the root file system", exception.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/dev")]
    public async Task An_image_whose_kernel_directories_are_files_is_refused(string path)
    {
        Directory.Delete(Root.Lower + path);
        File.WriteAllText(Root.Lower + path, "");

        var exception = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec("true")));

        Assert.Equal($"mount target {path} is not a directory in the root file system", exception.Message);
    }

    [Fact]
    public async Task A_hosts_file_that_is_a_link_into_proc_gives_no_way_to_the_kernels_settings()
    {
        File.WriteAllText(Root.Beside("hosts"), "x");
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "etc/hosts"), "/proc/sysrq-trigger");
        var spec = Root.Spec("true") with { Mounts = [new BindMount(Root.Beside("hosts"), "/etc/hosts", false)] };

        var exception = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(spec));

        Assert.Equal("mount target /etc/hosts does not exist in the root file system", exception.Message);
    }

    [Fact]
    public async Task The_working_directory_is_made_for_the_user()
    {
        var spec = Root.Shell("pwd; stat -c '%u:%g %a' . .. /srv") with { WorkingDirectory = "/srv/a/b", User = new ResolvedUser(7, 8, [], "/") };

        Assert.Equal("/srv/a/b\n7:8 755\n7:8 755\n7:8 755\n", (await Outcome.OfAsync(spec)).Stdout);
    }

    [Fact]
    public async Task An_existing_working_directory_keeps_its_owner()
    {
        Assert.Equal("/tmp\n0\n", await OutputOfAsync("pwd; stat -c %u .", spec => spec with { WorkingDirectory = "/tmp", User = new ResolvedUser(7, 8, [], "/") }));
        Assert.Empty(Root.UpperEntries());
    }

    [Theory]
    [InlineData("/proc/self/fd/3")]
    [InlineData("/proc/self/fd/7")]
    [InlineData("/proc/self/cwd")]
    [InlineData("/proc/1/root")]
    [InlineData("/link")]
    [InlineData("/etc/motd")]
    public async Task A_working_directory_that_leads_out_is_refused(string path)
    {
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "link"), "/proc/self/fd/5");

        var exception = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec("pwd") with { WorkingDirectory = path }));

        Assert.Equal(ContainersErrors.WorkingDirectory, exception.Code);
    }
}
