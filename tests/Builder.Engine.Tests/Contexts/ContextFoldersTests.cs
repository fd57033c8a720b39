using Builder.Diagnostics;
using Builder.Engine.Contexts;
using Builder.Engine.Copying;
using Builder.Graph.Operations;
using Builder.Testing;

namespace Builder.Engine.Tests.Contexts;

public sealed class ContextFoldersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact] // Q1
    public void The_ignore_file_of_the_Dockerfile_goes_before_that_of_the_context()
    {
        File.WriteAllText(folder[".dockerignore"], "a");
        File.WriteAllText(folder["other.Dockerfile.dockerignore"], "b");
        Assert.Equal((true, false), Hidden("Dockerfile"));
        Assert.Equal((false, true), Hidden("other.Dockerfile"));
    }

    [Fact] // Q1
    public void An_empty_ignore_file_of_the_Dockerfile_still_counts()
    {
        File.WriteAllText(folder[".dockerignore"], "a");
        File.WriteAllText(folder["Dockerfile.dockerignore"], "# nothing\n");
        Assert.Equal((false, false), Hidden("Dockerfile"));
    }

    [Fact] // Q1, Q2
    public void An_ignore_file_beside_a_Dockerfile_in_a_folder_speaks_of_the_contexts_root()
    {
        Directory.CreateDirectory(folder["build"]);
        File.WriteAllText(folder["build/prod.Dockerfile.dockerignore"], "a\nbuild/x");
        File.WriteAllText(folder["build/.dockerignore"], "b");
        File.WriteAllText(folder[".DOCKERIGNORE"], "b");
        Assert.Equal((true, false), Hidden("build/prod.Dockerfile"));
        Assert.Equal((false, false), Hidden("build/other.Dockerfile"));
        using var tree = new ContextFolders(new MainContext(folder.Path, false), folder["build/prod.Dockerfile"], ContextMode.Keep).Open(ContextOperation.MainName);
        Assert.Equal((true, false), (tree.Hides(GuestPath.FromText("build/x"), false), tree.Hides(GuestPath.FromText("build/a"), false)));
    }

    [Fact] // Q3
    public void A_context_from_elsewhere_has_no_ignore_file()
    {
        File.WriteAllText(folder[".dockerignore"], "a");
        File.WriteAllText(folder["Dockerfile.dockerignore"], "a");
        using var tree = new ContextFolders(new MainContext(folder.Path, IsRemote: true), folder["Dockerfile"], ContextMode.Keep).Open(ContextOperation.MainName);
        Assert.False(tree.Hides(GuestPath.FromText("a"), false));
    }

    [Fact] // K4
    public void A_named_context_has_an_ignore_file_of_its_own()
    {
        var named = Directory.CreateDirectory(folder["named"]).FullName;
        File.WriteAllText(Path.Combine(named, ".dockerignore"), "b");
        File.WriteAllText(Path.Combine(named, "Dockerfile.dockerignore"), "c");
        File.WriteAllText(folder["Dockerfile.dockerignore"], "a");
        File.WriteAllText(folder[".dockerignore"], "a");
        var contexts = new ContextFolders(new MainContext(folder.Path, false), folder["Dockerfile"], ContextMode.Keep);
        contexts.Add("lib", named);
        using var tree = contexts.Open("lib");
        Assert.Equal(["b"], new[] { "a", "b", "c" }.Where(name => tree.Hides(GuestPath.FromText(name), isDirectory: false)));
        Assert.True(tree.OwnedByRoot);
    }

    [Fact]
    public void A_context_has_to_be_a_folder()
    {
        File.WriteAllText(folder["file"], "");
        var missing = Assert.Throws<BuilderException>(() => new ContextFolders(new MainContext(folder["nope"], false), "Dockerfile", ContextMode.Keep));
        Assert.Equal(EngineErrors.NoContext, missing.Code);
        Assert.EndsWith("does not exist", missing.Message, StringComparison.Ordinal);
        var contexts = new ContextFolders(new MainContext(folder.Path, false), "Dockerfile", ContextMode.Keep);
        Assert.EndsWith("is a file, not a folder", Assert.Throws<BuilderException>(() => contexts.Add("lib", folder["file"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ignore_file_that_is_no_file_is_not_waited_for()
    {
        ExternalTool.Run("mkfifo", [folder[".dockerignore"]]);
        var contexts = new ContextFolders(new MainContext(folder.Path, false), folder["Dockerfile"], ContextMode.Keep);
        Assert.ThrowsAny<BuilderException>(() => contexts.Open(ContextOperation.MainName));
    }

    [Fact]
    public void An_ignore_file_is_not_read_without_limit()
    {
        using (var file = File.Create(folder[".dockerignore"]))
        {
            file.SetLength(1L << 32);
        }

        var contexts = new ContextFolders(new MainContext(folder.Path, false), folder["Dockerfile"], ContextMode.Keep);
        Assert.Equal(EngineErrors.NoContext, Assert.ThrowsAny<BuilderException>(() => contexts.Open(ContextOperation.MainName)).Code);
    }

    private (bool A, bool B) Hidden(string dockerfile)
    {
        using var tree = new ContextFolders(new MainContext(folder.Path, false), folder[dockerfile], ContextMode.Keep).Open(ContextOperation.MainName);
        return (tree.Hides(GuestPath.FromText("a"), false), tree.Hides(GuestPath.FromText("b"), false));
    }
}
