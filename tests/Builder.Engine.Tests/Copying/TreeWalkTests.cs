using Builder.Dockerfile.Ignore;
using Builder.Engine.Copying;
using Builder.Engine.Tests.Support;
using Builder.Linux.Files;

namespace Builder.Engine.Tests.Copying;

public class TreeWalkTests
{
    private const string Files = "cd source; mkdir -p a/b a-b node/deep; touch a/b/f a/z a-b/f a.txt node/deep/keep node/deep/drop node/x; cd ..";

    [Fact]
    public void Directories_come_before_what_is_in_them_and_names_in_the_order_of_bytes()
    {
        using var scene = new Scene(Files);
        Assert.Equal(
            ["0 a", "1 a/b", "2 a/b/f", "1 a/z", "0 a-b", "1 a-b/f", "0 a.txt", "0 node", "1 node/deep", "2 node/deep/drop", "2 node/deep/keep", "1 node/x"],
            Walk(scene, null, null));
    }

    [Fact]
    public void What_is_ignored_is_left_out_with_all_that_is_in_it()
    {
        using var scene = new Scene(Files);
        Assert.Equal(["0 a-b", "1 a-b/f", "0 a.txt"], Walk(scene, ["a", "node"], null));
    }

    [Fact]
    public void An_ignored_directory_comes_only_for_the_sake_of_an_exception_in_it()
    {
        using var scene = new Scene(Files);
        Assert.Equal(["0 node", "1 node/deep", "2 node/deep/keep"], Walk(scene, ["*", "!node/deep/keep"], null));
        Assert.Empty(Walk(scene, ["*", "!node/deep/none"], null));
    }

    [Fact]
    public void Exclusions_and_the_ignore_file_both_have_to_agree()
    {
        using var scene = new Scene(Files);
        Assert.Equal(["0 node", "1 node/deep", "2 node/deep/keep"], Walk(scene, ["a*", "!a.txt", "**/drop"], ["*.txt", "node/x"]));
    }

    [Fact]
    public void A_tree_deeper_than_a_path_can_be_long_is_walked()
    {
        using var scene = new Scene();
        scene.Shell("cd source; n=$(printf %0200d 0); i=0; while [ $i -lt 50 ]; do mkdir $n; cd -P $n; i=$((i+1)); done");
        Assert.Equal(50, Walk(scene, null, null).Length);
    }

    private static string[] Walk(Scene scene, string[]? ignore, string[]? exclude)
    {
        using var top = DirectoryHandle.Open(scene.Source);
        var walk = new TreeWalk(ignore is null ? null : IgnorePatternSet.Create(ignore), "", exclude is null ? null : IgnorePatternSet.Create(exclude));
        return [.. walk.Below(top).Select(entry => $"{entry.Depth} {GuestPath.ToText(entry.Path)}")];
    }
}
