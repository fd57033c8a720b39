using Builder.Dockerfile.Ignore;
using Builder.Engine.Copying;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;
using Builder.Testing;

namespace Builder.Engine.Tests.Copying;

/// <summary>A file that nobody touched is not read again, and one that somebody did is.</summary>
public sealed class ScanCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly BuilderStore store;

    public ScanCacheTests()
    {
        store = BuilderStore.Open(new StoreOptions { Root = folder["store"], Fsync = FsyncPolicy.Never });
        Directory.CreateDirectory(folder["context/d"]);
        for (var i = 0; i < 20; i++)
        {
            File.WriteAllText(folder[$"context/d/{i}"], "content " + i);
        }
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void The_digest_is_the_same_with_and_without_a_memory()
    {
        var plain = DigestOf(null);
        var memory = NewMemory();
        Assert.Equal(plain, DigestOf(memory));
        memory.Save();
        var again = NewMemory();
        Assert.Equal(plain, DigestOf(again));
        Assert.NotNull(again.Find(StatusOf("d/7")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_changed_is_read_again_even_when_size_and_time_are_as_they_were(bool inPlace)
    {
        var memory = NewMemory();
        DigestOf(memory);
        memory.Save();
        var path = folder["context/d/7"];
        var modified = File.GetLastWriteTimeUtc(path);
        if (!inPlace)
        {
            File.Delete(path);
        }

        // Another tick of the file system's clock, or the change could not be seen by anybody.
        var before = StatusOf("d/8").Changed;
        do
        {
            File.WriteAllText(path, "CONTENT 7");
            File.SetLastWriteTimeUtc(path, modified);
        }
        while (StatusOf("d/7").Changed == before);
        Assert.Equal(DigestOf(null), DigestOf(NewMemory()));
        Assert.Null(NewMemory().Find(StatusOf("d/7")));
    }

    [Fact]
    public void What_was_touched_just_now_is_not_remembered()
    {
        var memory = NewMemory(TimeProvider.System);
        DigestOf(memory);
        memory.Save();
        Assert.Null(NewMemory().Find(StatusOf("d/7")));
    }

    [Fact]
    public void A_damaged_memory_is_none()
    {
        var memory = NewMemory();
        DigestOf(memory);
        memory.Save();
        var file = Directory.GetFiles(folder["store/hints"], "*", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^5] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Null(NewMemory().Find(StatusOf("d/7")));
        Assert.Equal(DigestOf(null), DigestOf(NewMemory()));
    }

    /// <summary>With a clock by which all files are old, unless another is given.</summary>
    private ScanCache NewMemory(TimeProvider? time = null) => new(store.Hints, folder["context"], time ?? new ManualTime());

    private Digest DigestOf(ScanCache? memory)
    {
        using var tree = new SourceTree(RootDirectory.Open(folder["context"]), null as IgnorePatternSet, ownedByRoot: true) { Scan = memory };
        return ContentDigester.Of(tree, [new CopySource(1, "/")], parents: false, [], TestContext.Current.CancellationToken);
    }

    private FileStatus StatusOf(string path)
    {
        using var root = RootDirectory.Open(folder["context"]);
        return root.TryLstat(GuestPath.FromText(path))!.Value;
    }
}
