using Builder.Diagnostics;
using Builder.Engine.Tests.Support;

namespace Builder.Engine.Tests.Copying;

public class CopyWithParentsTests
{
    private const string Files =
        "cd source; mkdir -p a/b/c x/y; chmod 700 a/b; echo -n 1 > a/b/1.txt; echo -n 2 > a/b/c/2.txt; echo -n 3 > x/y/3.txt; echo -n 4 > 4.txt; touch a/b/c/other; ln -s a link; ln -s b/1.txt a/l.txt; cd ..";

    [Fact]
    public void Directories_above_come_along_with_what_they_are()
    {
        using var scene = New();
        scene.Copy("/d", "a/b/1.txt", "4.txt").AssertTree("d 755 0:0 d", "f 644 0:0 d/4.txt \"4\"", "d 755 0:0 d/a", "d 700 0:0 d/a/b", "f 644 0:0 d/a/b/1.txt \"1\"");
        Assert.Equal(Scene.Old, scene.TimeOf("d/a/b"));
        Assert.Equal(Scene.Made, scene.TimeOf("d"));
    }

    [Fact]
    public void A_directory_comes_with_all_that_is_in_it()
    {
        using var scene = New();
        scene.Copy("/", "x").AssertTree("d 755 0:0 x", "d 755 0:0 x/y", "f 644 0:0 x/y/3.txt \"3\"");
    }

    [Theory]
    [InlineData("a/./b/1.txt", "d 700 0:0 b|f 644 0:0 b/1.txt \"1\"")]
    [InlineData("./a/b/c/2.txt", "d 755 0:0 a|d 700 0:0 a/b|d 755 0:0 a/b/c|f 644 0:0 a/b/c/2.txt \"2\"")]
    [InlineData("a/b/./1.txt", "f 644 0:0 1.txt \"1\"")]
    [InlineData("a/./*/*.txt", "d 700 0:0 b|f 644 0:0 b/1.txt \"1\"")]
    public void What_comes_before_the_pivot_is_not_kept(string source, string expected)
    {
        using var scene = New();
        scene.Copy("/", source).AssertTree(expected.Split('|'));
    }

    [Theory]
    [InlineData("**/*.txt", "4.txt a/b/1.txt a/b/c/2.txt a/l.txt x/y/3.txt")]
    [InlineData("a/**/2.txt", "a/b/c/2.txt")]
    [InlineData("a/b/**/1.txt", "a/b/1.txt")]
    [InlineData("**/**/3.txt", "x/y/3.txt")]
    [InlineData("x/**", "x/y/3.txt")]
    [InlineData("*/y", "x/y/3.txt")]
    [InlineData("**/none", "")]
    [InlineData("link/**", "")]
    public void Two_stars_are_any_number_of_directories(string source, string expected)
    {
        using var scene = New();
        scene.Copy("/d", source);
        Assert.Equal(expected, string.Join(' ', scene.Tree().Where(line => line[0] != 'd').Select(line => line.Split(' ')[3]["d/".Length..])));
        Assert.Contains("d 755 0:0 d", scene.Tree());
    }

    [Fact]
    public void Links_are_copied_and_never_followed()
    {
        using var scene = New();
        scene.Copy("/", "link").AssertTree("l 777 0:0 link -> a");
        NotFound(scene, "link/b");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("a/none")]
    [InlineData("4.txt/x")]
    [InlineData("")]
    [InlineData("a/.")]
    public void A_literal_path_has_to_exist(string source)
    {
        using var scene = New();
        NotFound(scene, source);
    }

    [Fact]
    public void Exclusions_are_meant_from_the_root_of_the_source()
    {
        using var scene = new Scene(Files) { Parents = true, Excludes = ["a/b/c", "**/3.txt"] };
        scene.Copy("/", "a", "**/*.txt").AssertTree("f 644 0:0 4.txt \"4\"", "d 755 0:0 a", "d 700 0:0 a/b", "f 644 0:0 a/b/1.txt \"1\"", "l 777 0:0 a/l.txt -> b/1.txt");
    }

    [Fact]
    public void The_ignore_file_holds()
    {
        using var scene = new Scene(Files) { Parents = true, Ignore = "a/b\n4.txt" };
        scene.Copy("/", "**/*.txt").AssertTree("d 755 0:0 a", "l 777 0:0 a/l.txt -> b/1.txt", "d 755 0:0 x", "d 755 0:0 x/y", "f 644 0:0 x/y/3.txt \"3\"");
        NotFound(scene, "4.txt");
    }

    [Fact]
    public void Owner_and_mode_apply_to_the_directories_above()
    {
        using var scene = new Scene(Files) { Parents = true, Owner = (7, 8), Chmod = "u=rwX,go=" };
        scene.Copy("/", "x/y/3.txt").AssertTree("d 700 7:8 x", "d 700 7:8 x/y", "f 600 7:8 x/y/3.txt \"3\"");
    }

    [Theory]
    [InlineData("chmod 711 source/x", true)]
    [InlineData("echo other > source/x/y/3.txt", true)]
    [InlineData("mv source/x source/z; sed -i s/x/x/ source/4.txt", true)]
    [InlineData("touch source/x source/x/y/3.txt", false)]
    [InlineData("chmod 711 source/a; echo other > source/4.txt", false)]
    public void The_digest_tells_what_is_copied(string change, bool matters)
    {
        using var scene = New();
        var before = scene.Digest("*/y/3.txt");
        scene.Shell(change);
        Assert.Equal(matters, before != scene.Digest("*/y/3.txt"));
    }

    private static Scene New() => new(Files) { Parents = true };

    private static void NotFound(Scene scene, string source)
    {
        Assert.Equal(EngineErrors.SourceNotFound, Assert.Throws<BuilderException>(() => scene.Copy("/", source)).Code);
        Assert.Equal(EngineErrors.SourceNotFound, Assert.Throws<BuilderException>(() => scene.Digest(source)).Code);
    }
}
