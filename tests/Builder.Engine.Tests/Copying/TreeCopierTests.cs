using Builder.Diagnostics;
using Builder.Engine.Tests.Support;

namespace Builder.Engine.Tests.Copying;

public class TreeCopierTests
{
    [Fact] // C16: the context
    public void A_file_goes_to_exactly_its_destination()
    {
        using var scene = new Scene("echo -n x > source/f; chmod 4751 source/f");
        scene.Copy("/d/name", "f").AssertTree("d 755 0:0 d", "f 4751 0:0 d/name \"x\"");
        Assert.Equal(Scene.Old, scene.TimeOf("d/name"));
        Assert.Equal(Scene.Made, scene.TimeOf("d"));
    }

    [Theory]
    [InlineData("/d/")]
    [InlineData("/existing")]
    [InlineData("/link")]
    public void A_file_goes_into_a_directory_under_its_own_name(string destination)
    {
        using var scene = new Scene("echo -n x > source/f; mkdir root/existing; ln -s existing root/link");
        scene.Copy(destination, "f");
        Assert.Contains(scene.Tree(), line => line.EndsWith("/f \"x\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_several_files_for_one_name_the_last_wins()
    {
        using var scene = new Scene("echo -n 1 > source/a; echo -n 2 > source/b");
        scene.Copy("/x", "a", "b").AssertTree("f 644 0:0 x \"2\"");
    }

    [Fact]
    public void Contents_of_directories_are_merged_and_their_names_lost()
    {
        using var scene = new Scene("mkdir -p source/a/s source/b/s; echo -n 1 > source/a/s/f; echo -n 2 > source/b/s/g; chmod 700 source/b/s");
        scene.Copy("/d", "*").AssertTree("d 755 0:0 d", "d 700 0:0 d/s", "f 644 0:0 d/s/f \"1\"", "f 644 0:0 d/s/g \"2\"");
    }

    [Fact]
    public void An_existing_destination_keeps_mode_owner_and_time_and_nested_directories_do_not()
    {
        using var scene = new Scene("mkdir -p source/s root/d/s; touch source/s/f; chmod 711 source source/s; chmod 1777 root/d; chown 5:6 root/d root/d/s");
        scene.Copy("/d", "").AssertTree("d 1777 5:6 d", "d 711 0:0 d/s", "f 644 0:0 d/s/f \"\"");
        Assert.Equal(Scene.Old, scene.TimeOf("d"));
    }

    [Fact]
    public void A_new_destination_has_the_default_mode_whatever_the_source_has()
    {
        using var scene = new Scene("mkdir source/s; chmod 700 source/s; touch source/s/f");
        scene.Copy("/d", "s").AssertTree("d 755 0:0 d", "f 644 0:0 d/f \"\"");
    }

    [Fact] // C15: context and --from
    public void Files_of_a_context_become_roots_and_those_of_a_stage_keep_their_owner()
    {
        using var context = new Scene("touch source/f; chown 5:6 source/f");
        context.Copy("/", "f").AssertTree("f 644 0:0 f \"\"");
        using var stage = new Scene("touch source/f; chown 5:6 source/f") { FromStage = true };
        stage.Copy("/", "f").AssertTree("f 644 5:6 f \"\"");
    }

    [Fact]
    public void An_owner_applies_to_all_that_is_copied_and_to_created_parents()
    {
        using var scene = new Scene("mkdir -p source/s; touch source/s/f; ln -s f source/s/l; mkdir root/old") { Owner = (7, 8) };
        scene.Copy("/old/a/b", "").AssertTree(
            "d 755 0:0 old", "d 755 7:8 old/a", "d 755 7:8 old/a/b", "d 755 7:8 old/a/b/s", "f 644 7:8 old/a/b/s/f \"\"", "l 777 7:8 old/a/b/s/l -> f");
    }

    [Fact]
    public void An_octal_mode_applies_to_created_parents_and_a_symbolic_one_does_not()
    {
        using var octal = new Scene("mkdir source/s; touch source/s/f; ln -s f source/s/l") { Chmod = "4750" };
        octal.Copy("/a/b/", "").AssertTree("d 4750 0:0 a", "d 4750 0:0 a/b", "d 4750 0:0 a/b/s", "f 4750 0:0 a/b/s/f \"\"", "l 777 0:0 a/b/s/l -> f");
        using var symbolic = new Scene("mkdir source/s; touch source/s/f; chmod 600 source/s/f") { Chmod = "go+rX" };
        symbolic.Copy("/a/", "").AssertTree("d 755 0:0 a", "d 755 0:0 a/s", "f 644 0:0 a/s/f \"\"");
    }

    [Fact]
    public void An_owner_does_not_cost_a_file_its_setuid_bit_or_capabilities()
    {
        using var scene = new Scene("touch source/f; chmod 6755 source/f; setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 source/f") { Owner = (7, 8) };
        scene.Copy("/f", "f").AssertTree("f 6755 7:8 f \"\" security.capability=0100000200040000000000000000000000000000");
    }

    [Fact]
    public void Links_in_a_tree_stay_as_they_are_written()
    {
        using var scene = new Scene("cd source; ln -s nowhere a; ln -s /etc/passwd b; ln -s c c; cd ..");
        scene.Copy("/", "").AssertTree("l 777 0:0 a -> nowhere", "l 777 0:0 b -> /etc/passwd", "l 777 0:0 c -> c");
    }

    [Fact]
    public void A_named_link_is_copied_as_what_it_leads_to_under_its_own_name()
    {
        using var scene = new Scene("echo -n x > source/f; ln -s f source/l; mkdir source/d; touch source/d/g; ln -s d source/dl");
        scene.Copy("/x/", "l", "dl").AssertTree("d 755 0:0 x", "f 644 0:0 x/g \"\"", "f 644 0:0 x/l \"x\"");
    }

    [Fact]
    public void Hard_links_stay_together_also_across_sources()
    {
        using var scene = new Scene("mkdir source/a source/b; echo -n x > source/a/f; ln source/a/f source/a/g; ln source/a/f source/b/h");
        scene.Copy("/d/", "a", "b").AssertTree(
            "d 755 0:0 d", "f 644 0:0 d/f \"x\"", "f 644 0:0 d/g \"x\" = d/f", "f 644 0:0 d/h \"x\" = d/f");
    }

    [Fact]
    public void A_hard_link_does_not_follow_a_name_that_another_source_took_over()
    {
        using var scene = new Scene("mkdir source/a source/b source/c; echo -n 1 > source/a/x; ln source/a/x source/c/y; echo -n 2 > source/b/x");
        scene.Copy("/", "a", "b", "c").AssertTree("f 644 0:0 x \"2\"", "f 644 0:0 y \"1\"");
    }

    [Fact]
    public void Special_files_are_made_anew_and_sockets_left_out()
    {
        using var scene = new Scene("cd source; mkfifo -m 620 p; mknod -m 640 c c 1 3; mknod -m 600 b b 7 200; cd ..");
        using (var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
        {
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(scene.Source, "s")));
            scene.Copy("/", "");
        }

        scene.AssertTree("b 600 0:0 b 7:200", "c 640 0:0 c 1:3", "p 620 0:0 p");
    }

    [Fact]
    public void A_device_that_would_hide_files_of_the_base_is_refused()
    {
        using var scene = new Scene("mknod source/w c 0 0");
        Assert.Equal(EngineErrors.CopyConflict, Assert.Throws<BuilderException>(() => scene.Copy("/", "")).Code);
        scene.AssertTree();
    }

    [Fact] // C17: the context
    public void Times_are_those_of_the_source_to_the_nanosecond()
    {
        using var scene = new Scene("mkdir source/d; touch source/d/f; ln -s f source/d/l");
        scene.Shell("cd source; touch -h -d '1969-12-31 23:59:58.5 UTC' d/f; touch -h -d @2000000.000000001 d/l; touch -d @3000000 d");
        scene.Copy("/", "");
        Assert.Equal(
            ["d 755 0:0 d @3000000.000000000", "f 644 0:0 d/f \"\" @-2.500000000", "l 777 0:0 d/l -> f @2000000.000000001"],
            scene.Tree(times: true));
    }

    [Theory]
    [InlineData("/bin/", "usr/bin/f")]
    [InlineData("/bin/g", "usr/bin/g")]
    [InlineData("/abs/x/", "opt/x/f")]
    [InlineData("/up/", "f")]
    [InlineData("/new", "made/here")]
    [InlineData("/new/", "made/here/f")]
    public void Links_in_the_destination_are_followed_inside_the_root(string destination, string made)
    {
        using var scene = new Scene("echo -n x > source/f; cd root; mkdir -p usr/bin opt; ln -s usr/bin bin; ln -s /opt abs; ln -s ../../.. up; ln -s /made/here new; cd ..");
        scene.Copy(destination, "f");
        Assert.Contains($"f 644 0:0 {made} \"x\"", scene.Tree());
        Assert.Contains("l 777 0:0 bin -> usr/bin", scene.Tree());
        scene.AssertOutsideUntouched();
    }

    [Fact]
    public void A_named_file_is_written_through_a_link_and_a_file_of_a_tree_replaces_it()
    {
        const string setup = "mkdir source/d; echo -n new > source/d/f; echo -n old > root/target; ln -s target root/f";
        using var named = new Scene(setup);
        named.Copy("/", "d/f").AssertTree("l 777 0:0 f -> target", "f 644 0:0 target \"new\"");
        using var tree = new Scene(setup);
        tree.Copy("/", "d").AssertTree("f 644 0:0 f \"new\"", "f 644 0:0 target \"old\"");
    }

    [Fact]
    public void A_directory_of_a_tree_goes_where_a_link_to_a_directory_leads()
    {
        using var scene = new Scene("mkdir -p source/bin/sub root/usr/bin; chmod 700 source/bin; echo -n x > source/bin/sub/f; ln -s usr/bin root/bin");
        scene.Copy("/", "").AssertTree(
            "l 777 0:0 bin -> usr/bin", "d 755 0:0 usr", "d 755 0:0 usr/bin", "d 755 0:0 usr/bin/sub", "f 644 0:0 usr/bin/sub/f \"x\"");
    }

    [Fact]
    public void A_directory_reached_by_two_names_keeps_the_time_it_had()
    {
        using var scene = new Scene("mkdir -p source/one/usr/bin source/two/bin root/usr/bin; touch source/one/usr/bin/a source/two/bin/b; ln -s usr/bin root/bin");
        scene.Shell("touch -d @800 source/one/usr/bin");
        scene.Copy("/", "one", "two");
        Assert.Equal(800, scene.TimeOf("usr/bin"));
    }

    [Theory]
    [InlineData("mkdir source/x; touch root/x", "", "cannot copy to non-directory: /x")]
    [InlineData("mkdir source/x; ln -s nowhere root/x", "", "cannot copy to non-directory: /x")]
    [InlineData("touch source/x; mkdir root/x", "", "cannot replace to directory /x with file")]
    [InlineData("ln -s y source/x; mkdir root/x", "", "cannot replace to directory /x with file")]
    [InlineData("mkdir source/s; touch source/s/x; mkdir -p root/x; touch root/x/s", "x/s/t", "is not a directory")]
    [InlineData("touch source/x; mkdir -p root/x/x", "x", "cannot replace to directory /x/x with file", "x")]
    [InlineData("touch source/x; mkdir root/d; ln -s / root/d/x", "d/", "cannot replace to directory / with file", "x")]
    public void Files_do_not_replace_directories_nor_the_other_way_round(string script, string destination, string message, string source = "")
    {
        using var scene = new Scene(script);
        var before = scene.Tree();
        var error = Assert.Throws<BuilderException>(() => scene.Copy("/" + destination, source));
        Assert.Equal(EngineErrors.CopyConflict, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, scene.Tree());
    }

    [Fact]
    public void Exclusions_are_relative_to_each_source_and_never_remove_the_source_itself()
    {
        using var scene = new Scene("mkdir -p source/app/sub/dir; touch source/app/sub/dir/f source/app/sub/g source/a.txt") { Excludes = ["sub/dir", "a*"] };
        scene.Copy("/d/", "app", "a.txt").AssertTree("d 755 0:0 d", "f 644 0:0 d/a.txt \"\"", "d 755 0:0 d/sub", "f 644 0:0 d/sub/g \"\"");
    }

    [Fact]
    public void Of_an_ignored_directory_only_the_exceptions_are_copied()
    {
        using var scene = new Scene("mkdir source/d; touch source/d/a source/d/b source/c") { Ignore = "d\n!d/b" };
        scene.Copy("/x", "d").AssertTree("d 755 0:0 x", "f 644 0:0 x/b \"\"");
        scene.Copy("/y", "").AssertTree("d 755 0:0 x", "f 644 0:0 x/b \"\"", "d 755 0:0 y", "f 644 0:0 y/c \"\"", "d 755 0:0 y/d", "f 644 0:0 y/d/b \"\"");
    }

    [Fact] // C16: here-documents
    public void Inline_files_are_roots_and_readable()
    {
        using var scene = new Scene("mkdir root/d");
        scene.Write("/d", "name", "text").Write("/file", "name", "more").AssertTree("d 755 0:0 d", "f 644 0:0 d/name \"text\"", "f 644 0:0 file \"more\"");
        Assert.Equal(Scene.Made, scene.TimeOf("d/name"));
    }

    [Fact]
    public void An_inline_file_replaces_a_file_and_obeys_owner_and_mode()
    {
        using var scene = new Scene("echo old > root/f; chmod 600 root/f") { Owner = (1, 2), Chmod = "u+x" };
        scene.Write("/f", "f", "new").AssertTree("f 744 1:2 f \"new\"");
    }

    [Fact]
    public void The_source_is_never_touched()
    {
        using var scene = new Scene("mkdir source/d; echo x > source/d/f; ln source/d/f source/g; chmod 400 source/d/f") { Owner = (5, 5), Chmod = "777" };
        var before = scene.Shell("find source -printf '%p %m %U %T@ %n\\n' | sort");
        scene.Copy("/", "");
        Assert.Equal(before, scene.Shell("find source -printf '%p %m %U %T@ %n\\n' | sort"));
        scene.AssertOutsideUntouched();
    }

    [Fact]
    public void A_canceled_copy_stops()
    {
        using var scene = new Scene("touch source/f");
        using var tree = scene.OpenSource();
        using var root = Linux.Files.RootDirectory.Open(scene.Root);
        var copier = new Engine.Copying.TreeCopier(root, new Engine.Copying.CopyRules(null, null, default), new CancellationToken(canceled: true));
        Assert.Throws<OperationCanceledException>(() => copier.Copy(tree, Engine.Copying.SourceSelector.Select(tree, "/", isPattern: false)[0], [], true, []));
    }
}
