using System.Text;
using Builder.Linux.Files;

namespace Builder.Linux.Tests.Files;

public sealed class RootDirectoryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("builder-files-").FullName;
    private readonly RootDirectory root;

    public RootDirectoryTests()
    {
        // The root is a folder inside, so that there is something outside to protect.
        Directory.CreateDirectory(Path.Combine(folder, "root"));
        File.WriteAllText(Path.Combine(folder, "canary"), "outside");
        root = RootDirectory.Open(Path.Combine(folder, "root"));
    }

    [Theory]
    [InlineData("../canary")]
    [InlineData("/../../canary")]
    [InlineData("d/../../canary")]
    public void Dots_do_not_lead_out(string path)
    {
        Directory.CreateDirectory(Path.Combine(folder, "root", "d"));
        Assert.Null(root.TryStat(Encoding.UTF8.GetBytes(path)));
    }

    [Theory]
    [InlineData("../canary")]
    [InlineData("/canary")]
    public void A_link_is_resolved_inside_the_root(string target)
    {
        File.CreateSymbolicLink(Path.Combine(folder, "root", "link"), target);
        Assert.Null(root.TryStat("link"u8));
        Assert.Equal(FileType.SymbolicLink, root.TryLstat("link"u8)!.Value.Type);

        File.WriteAllText(Path.Combine(folder, "root", "canary"), "inside");
        using var reader = new StreamReader(new FileStream(root.OpenFile("link"u8), FileAccess.Read));
        Assert.Equal("inside", reader.ReadToEnd());
    }

    [Fact]
    public void Links_of_procfs_are_not_followed()
    {
        using var proc = RootDirectory.Open("/proc");
        Assert.Equal(Errno.ELOOP, Assert.Throws<LinuxException>(() => proc.OpenDirectory("self/root"u8)).Errno);
    }

    [Fact]
    public void A_fifo_is_not_opened()
    {
        using (var directory = root.OpenDirectory(default))
        {
            directory.MakeNode("fifo"u8, FileType.Fifo, 0x1b6);
        }

        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => root.OpenFile("fifo"u8)).Errno);
        using var parent = root.OpenParent("fifo"u8, out var name);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => parent.OpenFile(name)).Errno);
    }

    [Fact]
    public void Missing_directories_are_made_through_links_that_stay_inside()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "owners need root");
        Directory.CreateDirectory(Path.Combine(folder, "root", "real"));
        File.CreateSymbolicLink(Path.Combine(folder, "root", "link"), "/real");
        var made = root.MakeDirectories("/link/a//b"u8, 0x1c0, 3, 4);
        Assert.Equal(["/link/a", "/link/a//b"], made.Select(Encoding.UTF8.GetString));
        var status = root.TryLstat("real/a/b"u8)!.Value;
        Assert.Equal((FileType.Directory, 0x1c0u, 3u, 4u), (status.Type, status.Mode, status.UserId, status.GroupId));
        Assert.Empty(root.MakeDirectories("/real/a/b/"u8, 0x1ff, 0, 0));
    }

    [Fact]
    public void The_parent_of_the_root_is_the_root()
    {
        using var parent = root.OpenParent("/"u8, out var name);
        Assert.Equal("."u8, name);
        Assert.Equal(root.TryLstat(default)!.Value.Inode, parent.Lstat(name).Inode);
        Assert.Throws<LinuxException>(() => root.OpenParent("a/.."u8, out _));
    }

    [Fact]
    public void A_file_is_no_directory_on_the_way()
    {
        File.WriteAllText(Path.Combine(folder, "root", "f"), "");
        Assert.Null(root.TryStat("f/g"u8));
        Assert.Equal(Errno.ENOTDIR, Assert.Throws<LinuxException>(() => root.MakeDirectories("f/g"u8, 0x1ed, 0, 0)).Errno);
    }

    public void Dispose()
    {
        root.Dispose();
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(folder)!);
        parent.RemoveTree(Encoding.UTF8.GetBytes(Path.GetFileName(folder)));
    }
}
