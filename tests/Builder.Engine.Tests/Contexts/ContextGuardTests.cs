using Builder.Diagnostics;
using Builder.Engine.Contexts;
using Builder.Engine.Copying;
using Builder.Engine.Sources;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Testing;

namespace Builder.Engine.Tests.Contexts;

/// <summary>A context that changes between its key and its copy. The change is made by the reader itself, right after it has read.</summary>
public sealed class ContextGuardTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ContextGuard guard = new(TimeProvider.System);

    public ContextGuardTests()
    {
        Directory.CreateDirectory(folder["in"]);
        File.WriteAllText(folder["in/f"], "one");
        File.WriteAllText(folder["beside"], "one");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("in", false)]
    [InlineData("in/f", false)]
    [InlineData("i*", true)]
    public void What_changes_after_its_key_was_made_fails_the_copy(string source, bool isPattern)
    {
        var vertex = Copy(source, isPattern);
        Watch(vertex, () => File.WriteAllText(folder["in/f"], "two"));
        Assert.Equal(SourceErrors.ContextChanged, Assert.Throws<BuilderException>(() => Verify(vertex)).Code);
    }

    [Fact]
    public void What_vanishes_after_its_key_was_made_fails_the_copy()
    {
        var vertex = Copy("in/f");
        Watch(vertex, () => File.Delete(folder["in/f"]));
        Assert.Throws<BuilderException>(() => Verify(vertex));
    }

    [Fact]
    public void A_file_that_comes_into_a_copied_folder_fails_the_copy()
    {
        var vertex = Copy("in");
        Watch(vertex, () => File.WriteAllText(folder["in/new"], ""));
        Assert.Equal(SourceErrors.ContextChanged, Assert.Throws<BuilderException>(() => Verify(vertex)).Code);
    }

    [Theory]
    [InlineData("in/f", "one")]
    [InlineData("beside", "two")]
    public void What_is_written_again_the_same_or_is_not_copied_fails_nothing(string changed, string content)
    {
        var vertex = Copy("in");
        Watch(vertex, () => File.WriteAllText(folder[changed], content));
        Verify(vertex);
    }

    private static Vertex Copy(string source, bool isPattern = false) => new(
        new CopyOperation("/", true) { Sources = [new CopySource(1, source) { IsPattern = isPattern }] },
        [new Vertex(new ScratchOperation()), new Vertex(new ContextOperation(ContextOperation.MainName))]);

    private void Watch(Vertex vertex, Action afterwards) => guard.Watch(vertex, 1, () =>
    {
        var key = Read(vertex);
        afterwards();
        return key;
    });

    private void Verify(Vertex vertex)
    {
        using var tree = Open();
        guard.Verify(vertex, 1, tree, () => Read(vertex), TestContext.Current.CancellationToken);
    }

    private Digest Read(Vertex vertex)
    {
        using var tree = Open();
        var copy = (CopyOperation)vertex.Operation;
        return ContentDigester.Of(tree, copy.Sources, copy.Parents, copy.Excludes, TestContext.Current.CancellationToken);
    }

    private SourceTree Open() => new(RootDirectory.Open(folder.Path), null, ownedByRoot: true);
}
