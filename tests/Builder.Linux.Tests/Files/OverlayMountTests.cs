using System.Text;
using Builder.Linux.Files;

namespace Builder.Linux.Tests.Files;

public sealed class OverlayMountTests : IDisposable
{
    private readonly string folder;

    public OverlayMountTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");
        folder = Directory.CreateTempSubdirectory("builder-overlay-").FullName;
    }

    [Theory]
    [InlineData("plain", "other")]
    [InlineData("with:colon", "with,comma")]
    [InlineData("back\\slash", "sp ace")]
    public void A_view_shows_the_top_most_of_each_name(string top, string bottom)
    {
        Write(top, "f", "top");
        Write(bottom, "f", "bottom");
        Write(bottom, "g", "bottom");
        using var view = OverlayMount.OpenView([Path.Combine(folder, top), Path.Combine(folder, bottom)], userXattrs: false);
        Assert.Equal("top", Read(view, "f"));
        Assert.Equal("bottom", Read(view, "g"));
        using var directory = view.OpenDirectory(default);
        Assert.Equal(Errno.EROFS, Assert.Throws<LinuxException>(() => directory.Unlink("f"u8)).Errno);
    }

    [Theory]
    [InlineData(false, "trusted.overlay.opaque")]
    [InlineData(true, "user.overlay.opaque")]
    public void Changes_go_to_the_upper_folder_which_is_complete_in_itself(bool userXattrs, string opaque)
    {
        Write("lower", "f", "lower");
        Directory.CreateDirectory(Path.Combine(folder, "lower", "d", "old"));
        Directory.CreateDirectory(Path.Combine(folder, "upper"));
        Directory.CreateDirectory(Path.Combine(folder, "work"));
        using (var mount = OverlayMount.Mount(new OverlayLayers { Lowers = [At("lower")], Upper = At("upper"), Work = At("work"), UserXattrs = userXattrs }))
        using (var merged = mount.OpenDirectory(default))
        {
            merged.Unlink("f"u8);
            merged.RemoveTree("d"u8);
            merged.MakeDirectory("d"u8, 0x1ed);
        }

        using var upper = DirectoryHandle.Open(At("upper"));
        Assert.True(upper.Lstat("f"u8).IsWhiteoutDevice);
        Assert.Equal("y"u8, upper.GetXattr("d"u8, Encoding.ASCII.GetBytes(opaque))!);
        Assert.DoesNotContain(folder, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mount_that_the_kernel_refuses_says_what_and_why()
    {
        var error = Assert.Throws<LinuxException>(() => OverlayMount.OpenView([At("missing"), At("too")], userXattrs: false));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Contains(At("missing"), error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(folder)!);
        parent.RemoveTree(Encoding.UTF8.GetBytes(Path.GetFileName(folder)));
    }

    private string At(string name) => Path.Combine(folder, name);

    private void Write(string tree, string name, string content)
    {
        Directory.CreateDirectory(At(tree));
        File.WriteAllText(Path.Combine(folder, tree, name), content);
    }

    private static string Read(RootDirectory view, string name)
    {
        using var reader = new StreamReader(new FileStream(view.OpenFile(Encoding.UTF8.GetBytes(name)), FileAccess.Read));
        return reader.ReadToEnd();
    }
}
