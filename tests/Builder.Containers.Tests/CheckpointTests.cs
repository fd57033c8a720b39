using Builder.Containers.Checkpoints;
using Builder.Containers.Runtimes;

namespace Builder.Containers.Tests;

/// <summary>What criu is told; a machine where it works runs the whole in the end-to-end tests.</summary>
public sealed class CheckpointTests
{
    private const string MountInfo = """
        120 119 0:50 / / rw,nodev,relatime - overlay overlay rw,lowerdir=/l
        121 120 8:1 /store/run/hosts /etc/hosts rw,nosuid,nodev - ext4 /dev/sda1 rw
        122 120 0:60 / /proc rw,nosuid,nodev,noexec - proc proc rw
        123 122 0:60 /sys /proc/sys ro,nosuid,nodev,noexec - proc proc rw
        124 122 0:5 /null /proc/kcore ro,nosuid - devtmpfs udev rw
        125 120 0:61 / /dev rw,nosuid - tmpfs tmpfs rw,mode=755
        126 125 0:5 /null /dev/null ro,nosuid - devtmpfs udev rw
        127 125 0:62 / /dev/pts rw,nosuid,noexec - devpts devpts rw
        128 120 0:63 / /scratch rw,nosuid,nodev - tmpfs tmpfs rw
        129 120 0:24 /file /run/in\040memory ro,nosuid,nodev - tmpfs tmpfs rw
        """;

    [Fact]
    public void What_comes_from_outside_is_named_and_what_is_the_containers_own_is_not()
    {
        var plan = Plan(hasPreparedNetwork: true);

        Assert.Equal(["/etc/hosts", "/proc/kcore", "/dev/null", @"/run/in\040memory"], plan.Mounts);
        Assert.Equal([(1, "pipe:[71]"), (2, "pipe:[72]")], plan.Pipes);
        Assert.Equal("4026532001", plan.Network);
        Assert.Null(Plan(hasPreparedNetwork: false).Network);
    }

    [Fact]
    public void It_is_kept_beside_the_images()
    {
        var folder = Directory.CreateTempSubdirectory("builder-checkpoint-").FullName;
        try
        {
            var plan = Plan(hasPreparedNetwork: true);
            plan.Write(folder);
            var read = CheckpointPlan.Read(folder);

            Assert.Equal(plan.Mounts, read.Mounts);
            Assert.Equal(plan.Pipes, read.Pipes);
            Assert.Equal(plan.Network, read.Network);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Criu_is_told_to_leave_that_alone_when_it_writes() => Assert.Equal(
        @"dump --tree 42 --images-dir /c --work-dir /c --log-file dump.log --manage-cgroups=ignore --file-locks --link-remap --tcp-close --external mnt[/etc/hosts]:/etc/hosts --external mnt[/proc/kcore]:/proc/kcore --external mnt[/dev/null]:/dev/null --external mnt[/run/in memory]:/run/in\040memory --external net[4026532001]:private --leave-running",
        string.Join(' ', CriuProgram.DumpArguments(42, "/c", leaveRunning: true, Plan(hasPreparedNetwork: true))));

    [Fact]
    public void Criu_is_told_what_takes_its_place_when_it_restores()
    {
        BundleBind[] binds = [new("/b/mounts/0", "/etc/hosts", false), new("/b/mounts/1", "/run/in memory", true)];
        var outside = Plan(hasPreparedNetwork: true).RestoreArguments(target => RestoreScript.SourceOf(target, binds), 3);

        Assert.Equal(
            @"restore --images-dir /c --work-dir /b --log-file restore.log --root /root --pidfile /b/pid --restore-detached --restore-sibling --manage-cgroups=ignore --file-locks --link-remap --tcp-close --external mnt[/etc/hosts]:/b/mounts/0 --external mnt[/proc/kcore]:/dev/null --external mnt[/dev/null]:/dev/null --external mnt[/run/in\040memory]:/b/mounts/1 --inherit-fd fd[1]:pipe:[71] --inherit-fd fd[2]:pipe:[72] --inherit-fd fd[3]:private",
            string.Join(' ', CriuProgram.RestoreArguments("/c", "/root", "/b", "/b/pid", outside)));
    }

    [Fact]
    public void A_machine_without_says_why()
    {
        Assert.SkipWhen(CriuProgram.Obstacle is null, "criu works here");

        var refused = Assert.Throws<Diagnostics.BuilderException>(() => CriuProgram.Dump(Environment.ProcessId, "/no/such/folder", leaveRunning: true, hasPreparedNetwork: false));

        Assert.Equal(ContainersErrors.Checkpoint, refused.Code);
        Assert.Contains("criu", refused.Message, StringComparison.Ordinal);
    }

    private static CheckpointPlan Plan(bool hasPreparedNetwork) => CheckpointPlan.Of(
        MountInfo,
        name => name switch { "fd/0" => "/dev/null", "fd/1" => "pipe:[71]", "fd/2" => "pipe:[72]", "ns/net" => "net:[4026532001]", _ => null },
        hasPreparedNetwork);
}
