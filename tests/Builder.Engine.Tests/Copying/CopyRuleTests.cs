using System.Net.Sockets;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Engine.Tests.Support;
using Builder.Testing;

namespace Builder.Engine.Tests.Copying;

/// <summary>Rules of the language for COPY and ADD, named by their numbers; where a part is missing, the comment says which.</summary>
public class CopyRuleTests
{
    [Fact]
    public void C5_matches_are_copied_in_lexical_order_and_directories_give_their_contents()
    {
        using var scene = new Scene("cd source; mkdir c a B; echo -n a > a/f; echo -n B > B/f; echo -n c > c/f; echo -n x > a/x; echo -n x > b; cd ..");
        scene.Copy("/d/", "*").AssertTree("d 755 0:0 d", "f 644 0:0 d/b \"x\"", "f 644 0:0 d/f \"c\"", "f 644 0:0 d/x \"x\"");
    }

    [Fact]
    public void C6_a_link_that_is_named_is_followed_and_one_inside_is_kept()
    {
        using var scene = new Scene(
            "cd source; echo -n x > f; mkdir d; touch d/g; ln -s f l; ln -s d dl; ln -s nowhere d/dangling; ln -s ../canary d/out; ln -s g d/kept; cd ..");
        scene.Copy("/x/", "l", "dl").AssertTree(
            "d 755 0:0 x", "l 777 0:0 x/dangling -> nowhere", "f 644 0:0 x/g \"\"", "l 777 0:0 x/kept -> g", "f 644 0:0 x/l \"x\"", "l 777 0:0 x/out -> ../canary");
    }

    [Theory]
    [InlineData("ln -s nowhere source/l")]
    [InlineData("ln -s ../canary source/l")]
    [InlineData("ln -s /../../canary source/l")]
    public void C6_a_named_link_that_dangles_or_escapes_is_not_found(string script)
    {
        using var scene = new Scene(script);
        Assert.Equal(EngineErrors.SourceNotFound, Assert.Throws<BuilderException>(() => scene.Copy("/x", "l")).Code);
    }

    [Fact] // C7; sockets are left out, as no layer can hold one (spec/dockerfile.md)
    public void Hard_links_attributes_modes_times_and_nodes_are_kept()
    {
        using var scene = new Scene(
            "cd source; mkdir d; echo -n x > d/f; ln d/f d/h; chmod 6711 d/f; setfattr -n user.a -v 1 d/f; "
            + "setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 d/f; mkfifo -m 620 d/p; mknod -m 640 d/c c 1 3; mknod -m 600 d/b b 7 200; cd ..");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(scene.Source, "d", "socket")));
        scene.Given("");
        scene.Copy("/", "");
        const string Kept = "\"x\"";
        Assert.Equal(
            [
                "d 755 0:0 d @1000000.000000000",
                "b 600 0:0 d/b 7:200 @1000000.000000000",
                "c 640 0:0 d/c 1:3 @1000000.000000000",
                "f 6711 0:0 d/f " + Kept + " security.capability=0100000200040000000000000000000000000000 user.a=31 @1000000.000000000",
                "f 6711 0:0 d/h " + Kept + " = d/f security.capability=0100000200040000000000000000000000000000 user.a=31 @1000000.000000000",
                "p 620 0:0 d/p @1000000.000000000",
            ],
            scene.Tree(times: true));
    }

    [Theory]
    [InlineData("/new", "new")]
    [InlineData("/new/", "new/f")]
    [InlineData("/is", "is/f")]
    [InlineData("/is/", "is/f")]
    [InlineData("/to", "is/f")]
    [InlineData("/file", "file")]
    public void C9_a_destination_is_a_directory_by_its_slash_or_because_it_is_one(string destination, string made)
    {
        using var scene = new Scene("echo -n x > source/f; cd root; mkdir is; ln -s is to; echo old > file; cd ..");
        Assert.Contains($"f 644 0:0 {made} \"x\"", scene.Copy(destination, "f").Tree());
    }

    [Theory] // C10
    [InlineData("/d")]
    [InlineData("/d/")]
    public void A_directory_is_merged_its_own_mode_does_not_count_and_those_inside_do(string destination)
    {
        const string Source = "mkdir -p source/s/in; chmod 700 source/s; chmod 711 source/s/in; chown -R 5:6 source/s; touch source/s/in/f; ";
        using var made = new Scene(Source) { FromStage = true };
        made.Copy(destination, "s").AssertTree("d 755 0:0 d", "d 711 5:6 d/in", "f 644 0:0 d/in/f \"\"");
        Assert.Equal(Scene.Old, made.TimeOf("d"));

        using var existing = new Scene(Source + "mkdir -p root/d/in; touch root/d/mine; chmod 1777 root/d; chown 8:9 root/d root/d/in") { FromStage = true };
        existing.Copy(destination, "s").AssertTree("d 1777 8:9 d", "d 711 5:6 d/in", "f 644 0:0 d/in/f \"\"", "f 644 0:0 d/mine \"\"");
    }

    [Theory] // C10 and §3.5.5 step 4: the whole root of a context or stage says nothing about where it is copied to
    [InlineData("s", 77)]
    [InlineData("s*", 77)]
    [InlineData("link", 77)]
    [InlineData("", Scene.Old)]
    public void C10_a_destination_has_the_time_of_the_directory_that_was_copied_to_it(string source, long expected)
    {
        using var scene = new Scene("mkdir -p source/s/in root/d; touch source/s/in/f; ln -s s source/link");
        scene.Shell("touch -d @77 source/s");
        Assert.Equal(expected, scene.Copy("/d", source).TimeOf("d"));
        Assert.Equal(source.Length > 0 ? 77 : Scene.Made, scene.Copy("/new", source).TimeOf("new"));
    }

    [Fact]
    public void C12_parents_that_are_missing_are_roots_or_the_owners_with_a_numeric_mode_if_there_is_one()
    {
        const string Source = "echo -n x > source/f; mkdir root/old; chmod 711 root/old; chown 3:3 root/old";
        using var plain = new Scene(Source);
        plain.Copy("/old/a/b/f", "f").AssertTree("d 711 3:3 old", "d 755 0:0 old/a", "d 755 0:0 old/a/b", "f 644 0:0 old/a/b/f \"x\"");
        using var owned = new Scene(Source) { Owner = (7, 8) };
        owned.Copy("/old/a/b/f", "f").AssertTree("d 711 3:3 old", "d 755 7:8 old/a", "d 755 7:8 old/a/b", "f 644 7:8 old/a/b/f \"x\"");
        using var numeric = new Scene(Source) { Chmod = "700" };
        numeric.Copy("/old/a/b/f", "f").AssertTree("d 711 3:3 old", "d 700 0:0 old/a", "d 700 0:0 old/a/b", "f 700 0:0 old/a/b/f \"x\"");
        using var symbolic = new Scene(Source) { Chmod = "go-r" };
        symbolic.Copy("/old/a/b/f", "f").AssertTree("d 711 3:3 old", "d 755 0:0 old/a", "d 755 0:0 old/a/b", "f 600 0:0 old/a/b/f \"x\"");
    }

    [Theory]
    [InlineData("/last", "f", "target/last")]
    [InlineData("/dangling", "f", "made/here")]
    [InlineData("/deep/x", "f", "opt/x")]
    [InlineData("/escape/x", "f", "x")]
    [InlineData("/deep", "s", "opt/g")]
    public void C13_links_in_the_destination_are_followed_inside_the_root(string destination, string source, string made)
    {
        using var scene = new Scene(
            "echo -n x > source/f; mkdir source/s; echo -n x > source/s/g; cd root; mkdir opt target; echo old > target/last; ln -s target/last last; ln -s /made/here dangling; ln -s /opt deep; ln -s ../../.. escape; cd ..");
        var links = scene.Tree().Where(line => line[0] == 'l').ToArray();
        scene.Copy(destination, source);
        Assert.Contains($"f 644 0:0 {made} \"x\"", scene.Tree());
        Assert.Equal(links, scene.Tree().Where(line => line[0] == 'l'));
        scene.AssertOutsideUntouched();
    }

    [Fact]
    public void C14_a_file_or_link_of_a_tree_replaces_the_entry_itself()
    {
        using var scene = new Scene(
            "cd source; echo -n n > file-file; echo -n n > file-link; ln -s new link-file; ln -s new link-link; cd ../root; echo -n o > file-file; ln -s kept file-link; echo -n o > link-file; ln -s kept link-link; echo -n k > kept; cd ..");
        scene.Copy("/", "").AssertTree(
            "f 644 0:0 file-file \"n\"", "f 644 0:0 file-link \"n\"", "f 644 0:0 kept \"k\"", "l 777 0:0 link-file -> new", "l 777 0:0 link-link -> new");
    }

    [Theory]
    [InlineData("mkdir source/x; touch root/x", "/", "", "cannot copy to non-directory: /x")]
    [InlineData("touch source/x; mkdir root/x", "/", "", "cannot replace to directory /x with file")]
    [InlineData("touch source/x root/x", "/x/y", "x", "not a directory")]
    public void C14_files_and_directories_do_not_replace_each_other(string script, string destination, string source, string message)
    {
        using var scene = new Scene(script);
        Assert.Contains(message, Assert.Throws<BuilderException>(() => scene.Copy(destination, source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void C23_parents_keep_the_directories_with_their_metadata_and_no_link_is_followed()
    {
        const string Files = "cd source; mkdir -p a/b/c; chmod 750 a/b; echo -n 1 > a/b/c/1.txt; echo -n 2 > 2.txt; ln -s a link; cd ..";
        using var kept = new Scene(Files) { Parents = true };
        kept.Copy("/o", "a/b/c/1.txt", "link").AssertTree(
            "d 755 0:0 o", "d 755 0:0 o/a", "d 750 0:0 o/a/b", "d 755 0:0 o/a/b/c", "f 644 0:0 o/a/b/c/1.txt \"1\"", "l 777 0:0 o/link -> a");
        using var pivot = new Scene(Files) { Parents = true, Owner = (7, 8), Chmod = "700" };
        pivot.Copy("/", "a/./b/c/1.txt").AssertTree("d 700 7:8 b", "d 700 7:8 b/c", "f 700 7:8 b/c/1.txt \"1\"");
        using var stars = new Scene(Files) { Parents = true };
        stars.Copy("/o", "**/*.txt").AssertTree(
            "d 755 0:0 o", "f 644 0:0 o/2.txt \"2\"", "d 755 0:0 o/a", "d 750 0:0 o/a/b", "d 755 0:0 o/a/b/c", "f 644 0:0 o/a/b/c/1.txt \"1\"");
        using var nothing = new Scene(Files) { Parents = true };
        nothing.Copy("/o", "none*").AssertTree("d 755 0:0 o");
        Assert.All(["none", "link/b", "."], source =>
        {
            using var scene = new Scene(Files) { Parents = true };
            var error = Assert.Throws<BuilderException>(() => scene.Copy("/o", source));
            Assert.Contains("not found", error.Message, StringComparison.Ordinal);
        });
    }

    [Theory] // C15, C16
    [InlineData(false, "f 4751 0:0 d/f \"x\"")]
    [InlineData(true, "f 4751 5:6 d/f \"x\"")]
    public void Modes_are_those_of_the_source_whatever_the_umask_and_owners_those_of_a_stage(bool fromStage, string expected)
    {
        using var scene = new Scene("echo -n x > source/f; chown 5:6 source/f; chmod 4751 source/f") { FromStage = fromStage };
        scene.Copy("/d/", "f").AssertTree("d 755 0:0 d", expected);
    }

    [Fact] // C17, S3
    public void C17_files_keep_their_times_and_parents_that_were_missing_have_that_of_the_build()
    {
        using var scene = new Scene("echo -n x > source/f; mkdir root/old");
        scene.Shell("touch -d @77 source/f");
        scene.Copy("/old/a/b/", "f");
        Assert.Equal((77, Scene.Made, Scene.Made, Scene.Old), (scene.TimeOf("old/a/b/f"), scene.TimeOf("old/a/b"), scene.TimeOf("old/a"), scene.TimeOf("old")));
    }

    [Fact] // G2; the flags: RemoteAddTests, corpus add-archive-options; a destination that is a file: RemoteAddTests
    public void Entries_keep_what_they_are_and_replace_what_is_there_inside_the_destination()
    {
        using var scene = new Scene("mkdir -p root/d/real; ln -s real root/d/link; echo -n old > root/d/old; ln -s /etc/passwd root/d/passwd");
        scene.Extract(
            new TarBuilder(modified: 700)
                .Folder("link", 0x1c0)
                .File("link/in", "x")
                .File("old", "new")
                .File("passwd", "own")
                .Entry(new TarEntry { Name = TarBuilder.Bytes("f"), Kind = TarEntryKind.File, Mode = 0x9ed, UserId = 5, GroupId = 6, Size = 1, Xattrs = [new TarXattr("user.x"u8.ToArray(), "1"u8.ToArray())] }, "x")
                .HardLink("h", "f")
                .Symlink("s", "../../../canary")
                .File("../../above", "x")
                .Build(),
            "d");
        scene.AssertOutsideUntouched();
        Assert.Subset(
            scene.Tree().ToHashSet(),
            new HashSet<string>
            {
                "d 755 0:0 d", "f 644 0:0 d/above \"x\"", "f 4755 5:6 d/f \"x\" user.x=31", "f 4755 5:6 d/h \"x\" = d/f user.x=31", "l 777 0:0 d/link -> real",
                "f 644 0:0 d/old \"new\"", "f 644 0:0 d/passwd \"own\"", "f 644 0:0 d/real/in \"x\"", "l 777 0:0 d/s -> ../../../canary",
            });
        Assert.Equal(700, scene.TimeOf("d/f"));
    }
}
