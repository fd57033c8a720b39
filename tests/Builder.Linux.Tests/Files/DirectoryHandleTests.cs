using System.Text;
using Builder.Linux.Files;

namespace Builder.Linux.Tests.Files;

public sealed class DirectoryHandleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("builder-files-").FullName;
    private readonly DirectoryHandle directory;

    public DirectoryHandleTests() => directory = DirectoryHandle.Open(folder);

    [Fact]
    public void Names_are_bytes_in_the_order_of_their_bytes()
    {
        byte[][] names = ["b"u8.ToArray(), [0xff, 0x80], "B"u8.ToArray(), "a b"u8.ToArray()];
        foreach (var name in names)
        {
            directory.CreateFile(name).Dispose();
        }

        Assert.Equal(["B"u8.ToArray(), "a b"u8.ToArray(), "b"u8.ToArray(), [0xff, 0x80]], directory.ReadSorted().Select(item => item.Name));
        Assert.Equal(4, directory.Read().Count);
        Assert.Equal(4, directory.Read().Count);
    }

    [Fact]
    public void A_large_directory_is_read_whole()
    {
        for (var i = 0; i < 5000; i++)
        {
            directory.MakeSymlink(Encoding.ASCII.GetBytes($"a-rather-long-name-{i:D5}"), "x"u8);
        }

        Assert.Equal(5000, directory.ReadSorted().DistinctBy(item => Encoding.ASCII.GetString(item.Name)).Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    public void Only_a_single_name_is_taken(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        Assert.Throws<ArgumentException>(() => directory.MakeDirectory(bytes, 0x1ed));
        Assert.Throws<ArgumentException>(() => directory.RemoveTree(bytes));
        Assert.Throws<ArgumentException>(() => directory.OpenDirectory(bytes));
        Assert.Throws<ArgumentException>(() => directory.SetOwner(bytes, 0, 0));
    }

    [Fact]
    public void A_name_with_a_nul_is_refused()
    {
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => directory.MakeSymlink("a\0b"u8, "x"u8)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => directory.MakeSymlink("a"u8, "x\0y"u8)).Errno);
    }

    [Fact]
    public void The_mode_is_exact_whatever_the_umask()
    {
        directory.MakeDirectory("d"u8, 0x3ff);
        Assert.Equal(0x3ffu, directory.Lstat("d"u8).Mode);
    }

    [Fact]
    public void A_links_mode_cannot_be_set_and_its_target_is_left_alone()
    {
        directory.CreateFile("f"u8, 0x180).Dispose();
        directory.MakeSymlink("l"u8, "f"u8);
        Assert.Equal(Errno.ENOTSUP, Assert.Throws<LinuxException>(() => directory.SetMode("l"u8, 0x1ff)).Errno);
        directory.SetTimes("l"u8, new FileTime(-5, 7));
        Assert.Equal(new FileTime(-5, 7), directory.Lstat("l"u8).Modified);
        Assert.Equal(0x180u, directory.Lstat("f"u8).Mode);
        Assert.Equal("f"u8, directory.ReadLink("l"u8));
        Assert.Null(directory.TryOpenDirectory("l"u8));
    }

    [Fact]
    public void Attributes_are_set_listed_and_removed_also_large_ones()
    {
        directory.CreateFile("f"u8).Dispose();
        var value = new byte[3000];
        value.AsSpan().Fill(7);
        directory.SetXattr("f"u8, "user.large"u8, value);
        directory.SetXattr("f"u8, "user.empty"u8, default);
        Assert.Equal(value, directory.GetXattr("f"u8, "user.large"u8));
        Assert.Equal([], directory.GetXattr("f"u8, "user.empty"u8)!);
        Assert.Null(directory.GetXattr("f"u8, "user.none"u8));
        Assert.Equal(["user.empty", "user.large"], directory.ListXattrs("f"u8).Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal));
        directory.RemoveXattr("f"u8, "user.large"u8);
        Assert.Equal(["user.empty"], directory.ListXattrs("f"u8).Select(Encoding.UTF8.GetString));
        directory.SetXattr(DirectoryHandle.Self, "user.self"u8, "x"u8);
        Assert.Equal("x"u8, directory.GetXattr(DirectoryHandle.Self, "user.self"u8)!);
    }

    [Fact]
    public void A_device_number_survives()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "device nodes need root");
        directory.MakeNode("c"u8, FileType.CharacterDevice, 0x180, 0xabc, 0x12345);
        var status = directory.Lstat("c"u8);
        Assert.Equal((FileType.CharacterDevice, 0xabcu, 0x12345u, false), (status.Type, status.DeviceMajor, status.DeviceMinor, status.IsWhiteoutDevice));
    }

    [Fact]
    public void A_tree_of_two_thousand_levels_is_removed()
    {
        directory.MakeDirectory("top"u8, 0x1ed);
        var here = directory.OpenDirectory("top"u8);
        for (var i = 0; i < 2000; i++)
        {
            here.CreateFile("f"u8).Dispose();
            here.MakeDirectory("a-directory-name"u8, 0x1ed);
            var next = here.OpenDirectory("a-directory-name"u8);
            here.Dispose();
            here = next;
        }

        here.Dispose();
        directory.RemoveTree("top"u8);
        Assert.Empty(directory.Read());
        directory.RemoveTree("top"u8);
    }

    [Fact]
    public void Removing_a_tree_does_not_follow_links()
    {
        directory.MakeDirectory("keep"u8, 0x1ed);
        directory.MakeDirectory("tree"u8, 0x1ed);
        using (var tree = directory.OpenDirectory("tree"u8))
        {
            tree.MakeSymlink("l"u8, "../keep"u8);
        }

        directory.RemoveTree("tree"u8);
        Assert.Equal(["keep"], directory.Read().Select(item => Encoding.UTF8.GetString(item.Name)));
    }

    [Fact]
    public void A_copy_has_the_same_content()
    {
        var content = new byte[1_000_003];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(Path.Combine(folder, "from"), content);
        using (var from = directory.OpenFile("from"u8))
        using (var to = directory.CreateFile("to"u8))
        {
            OpenedFiles.Copy(from, to, content.Length);
        }

        Assert.Equal(content, File.ReadAllBytes(Path.Combine(folder, "to")));
    }

    [Fact]
    public void A_lock_is_held_by_one_or_shared_by_many()
    {
        var path = Path.Combine(folder, "lock");
        using (FileLock.TryAcquire(path))
        {
            Assert.Null(FileLock.TryAcquire(path));
        }

        using var one = FileLock.Share(path);
        using (FileLock.Share(path))
        {
            Assert.Null(FileLock.TryAcquire(path));
            Assert.Null(one.TryUpgrade());
        }

        using (one.TryUpgrade())
        {
            Assert.Null(FileLock.TryAcquire(path));
        }

        using (FileLock.Share(path))
        {
            Assert.Null(one.TryUpgrade());
        }
    }

    public void Dispose()
    {
        directory.Dispose();
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(folder)!);
        parent.RemoveTree(Encoding.UTF8.GetBytes(Path.GetFileName(folder)));
    }
}
