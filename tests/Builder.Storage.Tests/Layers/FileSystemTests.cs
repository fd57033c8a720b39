using Builder.Linux.Files;
using Builder.Storage.Snapshots;
using Builder.Storage.Tests.Support;

namespace Builder.Storage.Tests.Layers;

/// <summary>The same steps on other file systems are the same layers, byte for byte.</summary>
public sealed class FileSystemTests
{
    private const string Base = """
        mkdir -p etc usr/lib gone old; echo a > etc/a; echo b > etc/b; ln etc/a etc/twin; echo g > gone/g; echo o > old/o
        seq 20000 > usr/lib/numbers; chown 7:8 etc/b; chmod 4755 usr/lib/numbers; find . -exec touch -hd @1000 {} +
        """;

    private const string Step = """
        rm -r gone; rm etc/a; echo c > etc/c; rm -r old; mkdir old; echo n > old/n; ln etc/b etc/b2; ln -s ../x etc/link; mkfifo p
        truncate -s 2M sparse; printf data | dd of=sparse bs=1 seek=1000000 conv=notrunc status=none
        setfattr -n user.note -v hello etc/c; touch "$(printf 'z\377')" Z a.b a-b; chmod 600 usr/lib/numbers
        find . -exec touch -hd @2000 {} +
        """;

    [Theory]
    [InlineData("ext4", "mkfs.ext4 -q -F")]
    [InlineData("xfs", "mkfs.xfs -q -f")]
    [InlineData("btrfs", "mkfs.btrfs -q -f")]
    [InlineData("tmpfs", null)]
    public void A_layer_does_not_depend_on_the_disk(string type, string? make)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting a disk needs root");
        Shell.SkipUnless("setfattr");
        using var here = new TestStore();
        var expected = Layers(here);
        var folder = Directory.CreateTempSubdirectory("builder-disk-").FullName;
        var disk = Path.Combine(folder, "disk");
        var mount = Directory.CreateDirectory(Path.Combine(folder, "mount")).FullName;
        try
        {
            Mount(type, make, disk, mount);
            foreach (var snapshotter in (Snapshotter[])[Snapshotter.Overlay, Snapshotter.Copy])
            {
                using var store = new TestStore(snapshotter, mount);
                Assert.Equal(expected, Layers(store));
            }
        }
        finally
        {
            Shell.Run(folder, $"umount -l {mount} 2> /dev/null || true");
            using var parent = DirectoryHandle.Open(Path.GetDirectoryName(folder)!);
            parent.RemoveTree(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(folder)));
        }
    }

    private static byte[][] Layers(TestStore store)
    {
        var below = store.Run(null, Base);
        return [store.Tar(below), store.Tar(store.Run(below, Step))];
    }

    private static void Mount(string type, string? make, string disk, string mount)
    {
        if (make is null)
        {
            Shell.Run("/", $"mount -t {type} -o size=64m none {mount}");
            return;
        }

        Shell.SkipUnless(make.Split(' ')[0]);
        Assert.SkipUnless(File.Exists("/dev/loop-control"), "there are no loop devices");
        Shell.Run("/", $"export PATH=$PATH:/usr/sbin:/sbin; truncate -s 400M {disk}; {make} {disk}; mount -o loop {disk} {mount}");
    }
}
