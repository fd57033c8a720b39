using Builder.Engine.Tests.Support;

namespace Builder.Engine.Tests.Copying;

public class ContentDigesterTests
{
    private const string Files = "mkdir -p source/d/sub; echo 1 > source/d/f; echo 1 > source/d/g; ln -s f source/d/l; echo 2 > source/d/sub/h; echo 3 > source/single";

    [Theory]
    [InlineData("echo other > source/d/f")]
    [InlineData("chmod 755 source/d/f")]
    [InlineData("chmod 700 source/d/sub")]
    [InlineData("mv source/d/f source/d/f2")]
    [InlineData("mv source/d/sub/h source/d/h")]
    [InlineData("ln -sfn g source/d/l")]
    [InlineData("rm source/d/l; cp source/d/f source/d/l")]
    [InlineData("rm source/d/f")]
    [InlineData("mkdir source/d/empty")]
    [InlineData("mkfifo source/d/p")]
    [InlineData("setfattr -n user.x -v 1 source/d/f")]
    [InlineData("rm source/d/f; mkdir source/d/f")]
    [InlineData("ln -f source/d/f source/d/g")]
    [InlineData("rm source/d/f; mknod source/d/f c 1 5")]
    public void What_would_change_the_copy_changes_the_digest(string change)
    {
        using var scene = new Scene(Files);
        var before = scene.Digest("d");
        scene.Shell(change);
        Assert.NotEqual(before, scene.Digest("d"));
    }

    [Theory]
    [InlineData("touch source/d/f source/d/sub source/d")]
    [InlineData("echo other > source/single")]
    [InlineData("chown 5:5 source/d/f")]
    [InlineData("chmod 700 source/d")]
    [InlineData("cp -a source/d/f x; rm source/d/f; cp -a x source/d/f; rm x")]
    [InlineData("mv source/d/sub x; mv x source/d/sub")]
    public void What_would_not_change_the_copy_does_not_change_the_digest(string change)
    {
        using var scene = new Scene(Files);
        var before = scene.Digest("d");
        scene.Shell(change);
        Assert.Equal(before, scene.Digest("d"));
    }

    [Fact]
    public void Owners_count_where_they_are_kept()
    {
        using var scene = new Scene(Files) { FromStage = true };
        var before = scene.Digest("d");
        scene.Shell("chown 5:5 source/d/f");
        Assert.NotEqual(before, scene.Digest("d"));
    }

    [Theory]
    [InlineData("echo other > source/single")]
    [InlineData("chmod 755 source/single")]
    [InlineData("setfattr -n user.x -v 1 source/single")]
    public void A_file_that_is_named_counts_with_bytes_mode_and_attributes(string change)
    {
        using var scene = new Scene(Files);
        var before = scene.Digest("single");
        scene.Shell(change);
        Assert.NotEqual(before, scene.Digest("single"));
    }

    [Fact]
    public void The_name_under_which_a_file_is_copied_counts_and_the_way_to_it_does_not()
    {
        using var scene = new Scene("mkdir source/a source/b; echo x > source/a/f; cp source/a/f source/b/f; cp source/a/f source/b/g");
        Assert.Equal(scene.Digest("a/f"), scene.Digest("b/f"));
        Assert.NotEqual(scene.Digest("b/f"), scene.Digest("b/g"));
    }

    [Fact]
    public void Where_one_source_ends_counts()
    {
        using var scene = new Scene("mkdir source/a source/b; touch source/a/1 source/a/2 source/b/3");
        Assert.NotEqual(scene.Digest("a", "b"), scene.Digest("b", "a"));
        Assert.NotEqual(scene.Digest("a/1", "a/2"), scene.Digest("a/*"));
    }

    [Fact]
    public void What_is_ignored_or_excluded_does_not_count()
    {
        using var scene = new Scene(Files) { Ignore = "d/g", Excludes = ["sub"] };
        var before = scene.Digest("d");
        scene.Shell("echo other > source/d/g; chmod 700 source/d/sub; rm source/d/sub/h");
        Assert.Equal(before, scene.Digest("d"));
        scene.Shell("echo other > source/d/f");
        Assert.NotEqual(before, scene.Digest("d"));
    }

    [Fact]
    public void A_wildcard_without_a_match_has_a_digest_too()
    {
        using var scene = new Scene();
        Assert.Equal(scene.Digest("*.x"), scene.Digest("*.y"));
    }
}
