using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Engine.Tests.Support;
using Builder.Testing;

namespace Builder.Engine.Tests.Copying;

public class ArchiveExtractorTests
{
    [Fact]
    public void Entries_keep_mode_owner_time_links_and_attributes()
    {
        using var scene = new Scene();
        scene.Extract(new TarBuilder(modified: 700)
            .Folder("d", 0x1c0)
            .Entry(new TarEntry { Name = TarBuilder.Bytes("d/f"), Kind = TarEntryKind.File, Mode = 0x9ed, UserId = 5, GroupId = 6, Size = 1, Xattrs = [new TarXattr("user.x"u8.ToArray(), "1"u8.ToArray())] }, "x")
            .HardLink("d/h", "d/f")
            .Symlink("d/s", "../nowhere")
            .Device("d/null", 1, 3)
            .Build());
        scene.AssertTree(
            "d 700 0:0 d",
            "f 4755 5:6 d/f \"x\" user.x=31",
            "f 4755 5:6 d/h \"x\" = d/f user.x=31",
            "c 666 0:0 d/null 1:3",
            "l 777 0:0 d/s -> ../nowhere");
        Assert.All(["d", "d/f", "d/s", "d/null"], path => Assert.Equal(700, scene.TimeOf(path)));
    }

    [Fact]
    public void An_owner_replaces_those_of_the_entries_and_of_parents_made_for_them()
    {
        using var scene = new Scene { Owner = (7, 8) };
        scene.Extract(new TarBuilder(modified: 700).File("a/b/f").Build()).AssertTree("d 755 7:8 a", "d 755 7:8 a/b", "f 644 7:8 a/b/f \"\"");
    }

    [Fact]
    public void Parents_that_the_archive_does_not_name_leave_the_time_of_the_directory_above_alone()
    {
        using var scene = new Scene("mkdir -p root/d/old");
        scene.Extract(new TarBuilder(modified: 700).File("old/a/b/f").File("x/y").Build(), "d");
        Assert.Equal(Scene.Old, scene.TimeOf("d"));
        Assert.Equal(Scene.Old, scene.TimeOf("d/old"));
        Assert.Equal(700, scene.TimeOf("d/old/a"));
        Assert.Equal(700, scene.TimeOf("d/x"));
    }

    [Fact]
    public void Existing_entries_are_replaced_and_links_to_directories_followed()
    {
        using var scene = new Scene("mkdir root/real; ln -s real root/link; ln -s nowhere root/dangling; echo old > root/f; ln -s f root/l");
        scene.Extract(new TarBuilder(modified: 700).Folder("link", 0x1c0).File("link/x", "x").Folder("dangling").File("f", "new").File("l", "own").Build());
        scene.AssertTree("d 755 0:0 dangling", "f 644 0:0 f \"new\"", "f 644 0:0 l \"own\"", "l 777 0:0 link -> real", "d 755 0:0 real", "f 644 0:0 real/x \"x\"");
    }

    [Fact]
    public void A_file_does_not_replace_a_directory()
    {
        using var scene = new Scene("mkdir root/d");
        Assert.Equal(EngineErrors.CopyConflict, Assert.Throws<BuilderException>(() => scene.Extract(new TarBuilder(modified: 700).File("d").Build())).Code);
    }

    [Fact]
    public void Marks_of_overlay_file_systems_are_not_taken_over()
    {
        using var scene = new Scene();
        TarXattr[] marks = [new TarXattr("user.overlay.opaque"u8.ToArray(), "y"u8.ToArray()), new TarXattr("user.overlay.redirect"u8.ToArray(), "/etc"u8.ToArray())];
        scene.Extract(new TarBuilder(modified: 700).Entry(new TarEntry { Name = TarBuilder.Bytes("d"), Kind = TarEntryKind.Directory, Mode = 0x1ed, Xattrs = marks }).Build());
        scene.AssertTree("d 755 0:0 d");
    }

    /// <summary>Archives that want out. Each either fails as a user's mistake or stays inside.</summary>
    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "absolute name", new TarBuilder(modified: 700).File("/canary", "evil").Build() },
        { "name above", new TarBuilder(modified: 700).File("../canary", "evil").Build() },
        { "name far above", new TarBuilder(modified: 700).File("a/../../../../canary", "evil").Build() },
        { "folder above", new TarBuilder(modified: 700).Folder("../evil").File("../evil/x").Build() },
        { "only dots", new TarBuilder(modified: 700).Folder("..", 0).Folder("../..", 0).Folder("/", 0).Folder(".", 0).Build() },
        { "file called dot dot", new TarBuilder(modified: 700).File("..", "evil").Build() },
        { "write through a link", new TarBuilder(modified: 700).Symlink("l", "..").File("l/canary", "evil").Build() },
        { "write through an absolute link", new TarBuilder(modified: 700).Symlink("l", "/tmp").File("l/builder-evil", "evil").Build() },
        { "write through a chain", new TarBuilder(modified: 700).Symlink("a", "b/..").Symlink("b", "../..").File("a/canary", "evil").Build() },
        { "write onto a link", new TarBuilder(modified: 700).Symlink("l", "../canary").File("l", "evil").Build() },
        { "folder onto a link", new TarBuilder(modified: 700).Symlink("l", "../evil").Folder("l").File("l/x").Build() },
        { "mode onto a link", new TarBuilder(modified: 700).Symlink("l", "..").Folder("l", 0).Build() },
        { "directory becomes a link", new TarBuilder(modified: 700).Folder("d").File("d/x").Symlink("d", "..").File("d/canary", "evil").Build() },
        { "hard link above", new TarBuilder(modified: 700).HardLink("h", "../canary").File("h", "evil").Build() },
        { "absolute hard link", new TarBuilder(modified: 700).HardLink("h", "/etc/passwd").Build() },
        { "hard link through a link", new TarBuilder(modified: 700).Symlink("l", "..").HardLink("h", "l/canary").Build() },
        { "hard link to a link", new TarBuilder(modified: 700).Symlink("l", "../canary").HardLink("h", "l").File("h", "evil").Build() },
        { "hard link to the top", new TarBuilder(modified: 700).HardLink("h", ".").Build() },
        { "hard link to a directory", new TarBuilder(modified: 700).Folder("d").HardLink("h", "d").Build() },
        { "hard link to itself", new TarBuilder(modified: 700).File("h", "x").HardLink("h", "h").Build() },
        { "hard link to dot dot", new TarBuilder(modified: 700).Folder("a").HardLink("h", "a/..").Build() },
        { "device that hides", new TarBuilder(modified: 700).Device("c", 0, 0).Build() },
        { "loop", new TarBuilder(modified: 700).Symlink("l", "l").File("l/x").Folder("l").Build() },
        { "folder over a loop", new TarBuilder(modified: 700).Symlink("l", "l").Folder("l").Build() },
        { "below a file", new TarBuilder(modified: 700).File("f").File("f/x").Build() },
        { "long name", new TarBuilder(modified: 700).File(new string('n', 300)).Build() },
        { "long path", new TarBuilder(modified: 700).File(string.Concat(Enumerable.Repeat("d/", 3000)) + "f").Build() },
        { "long link", new TarBuilder(modified: 700).Symlink("l", new string('t', 5000)).Build() },
        { "owner without number", new TarBuilder(modified: 700).Entry(new TarEntry { Name = TarBuilder.Bytes("f"), Kind = TarEntryKind.File, UserId = uint.MaxValue }).Build() },
        { "truncated", new TarBuilder(modified: 700).File("f", new string('x', 2000)).Build()[..1000] },
        { "bad attribute", new TarBuilder(modified: 700).Entry(new TarEntry { Name = TarBuilder.Bytes("f"), Kind = TarEntryKind.File, Xattrs = [new TarXattr(TarBuilder.Bytes("user." + new string('n', 300)), TarBuilder.Bytes("v"))] }).Build() },
        { "same name often", new TarBuilder(modified: 700).File("f", "1").Symlink("f", "../canary").HardLink("f", "../canary").File("f", "2").Build() },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void No_archive_leads_outside(string what, byte[] archive)
    {
        Assert.NotEmpty(what);
        using var scene = new Scene();
        var before = scene.Shell("stat -c '%a %u %n' . source root canary");
        if (Record.Exception(() => scene.Extract(archive)) is { } error)
        {
            Assert.IsAssignableFrom<BuilderException>(error);
        }

        Assert.Equal(before, scene.Shell("stat -c '%a %u %n' . source root canary"));
        Assert.False(File.Exists("/tmp/builder-evil"));
        scene.AssertOutsideUntouched();
    }

    [Fact]
    public void An_absolute_hard_link_is_meant_inside()
    {
        using var scene = new Scene();
        scene.Extract(new TarBuilder(modified: 700).File("d/f", "x").HardLink("h", "/d/f").Build()).AssertTree("d 755 0:0 d", "f 644 0:0 d/f \"x\"", "f 644 0:0 h \"x\" = d/f");
    }

    [Theory]
    [InlineData("tar -cf archive source", true)]
    [InlineData("tar -czf archive source", true)]
    [InlineData("tar -cjf archive source", true)]
    [InlineData("tar -cJf archive source", true)]
    [InlineData("tar --zstd -cf archive source", true)]
    [InlineData("echo text | gzip > archive", false)]
    [InlineData("gzip < /dev/null > archive", false)]
    [InlineData(": > archive", false)]
    [InlineData("echo garbage > archive", false)]
    [InlineData("head -c 20000 /dev/zero > archive", false)]
    [InlineData("printf '\\037\\213garbage' > archive", false)]
    [InlineData("printf '\\3757zXZ\\0garbage' > archive", false)]
    [InlineData("printf 'BZh9garbage' > archive", false)]
    [InlineData("printf '\\050\\265\\057\\375garbage' > archive", false)]
    public void Content_decides_what_an_archive_is(string script, bool expected)
    {
        foreach (var tool in (string[])["bzip2", "xz", "zstd"])
        {
            Assert.SkipUnless(ExternalTool.Exists(tool), $"{tool} is not installed");
        }

        using var scene = new Scene("echo x > source/f");
        scene.Shell(script);
        Assert.Equal(expected, ArchiveExtractor.IsArchive(scene.OpenArchive()));
    }

    [Fact]
    public void What_tar_packs_comes_out_the_same()
    {
        using var scene = new Scene("cd source; mkdir -p d/e; echo x > d/f; ln d/f d/g; ln -s f d/l; mkfifo d/p; chmod 2750 d/e; chown 3:4 d/f; truncate -s 1M d/sparse; cd ..");
        scene.Shell("tar -C source --sparse -cf archive .");
        scene.Extract(File.ReadAllBytes(Path.Combine(scene.Folder, "archive")));
        using var source = Linux.Files.RootDirectory.Open(scene.Source);
        Assert.Equal(Listing.Of(source, times: true), scene.Tree(times: true));
    }
}
