using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Containers;
using Builder.Storage.Garbage;
using Builder.Storage.Tests.Support;

namespace Builder.Storage.Tests.Containers;

/// <summary>What is true of containers whoever dies when.</summary>
public sealed class ContainerStoreTests : IDisposable
{
    private readonly TestStore store = new();
    private readonly BuilderStore other;

    public ContainerStoreTests() => other = BuilderStore.Open(new StoreOptions { Root = store.Root, Fsync = FsyncPolicy.Never });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_is_found_by_name_id_and_the_beginning_of_it()
    {
        var made = await CreateAsync("one");
        Assert.Equal(made.Id, other.Containers.Get("one").Id);
        Assert.Equal(made.Id, other.Containers.Get(made.Id[..5]).Id);
        Assert.Null(other.Containers.Find("two"));
        Assert.Equal(StorageErrors.NoSuchContainer, Assert.Throws<BuilderException>(() => other.Containers.Get("two")).Code);
        await CreateAsync("two");
        Assert.Equal(StorageErrors.AmbiguousContainer, Assert.Throws<BuilderException>(() => AnyBeginning()).Code);
        Assert.Equal(StorageErrors.ContainerNameTaken, (await Assert.ThrowsAsync<BuilderException>(() => CreateAsync("one"))).Code);
        other.Containers.Rename(made, "three");
        Assert.Equal("three", store.Store.Containers.Get(made.Id).Name);
        await CreateAsync("one");
    }

    [Fact]
    public async Task One_runs_only_while_somebody_holds_it()
    {
        var made = await CreateAsync("one");
        using (var hold = store.Store.Containers.TryHold(made)!)
        {
            Assert.Null(other.Containers.TryHold(made));
            hold.Write(new ContainerState { Status = ContainerStatus.Running, ProcessId = 1 });
            Assert.True(other.Containers.Get("one").IsRunning);
        }

        // Its supervisor has ended without a word.
        var left = other.Containers.Get("one");
        Assert.Equal((ContainerStatus.Exited, 137), (left.State.Status, left.State.ExitCode));
        using var again = other.Containers.TryHold(left)!;
        Assert.Equal(ContainerStatus.Exited, again.Container.State.Status);
        again.Remove();
        Assert.Empty(store.Store.Containers.List());
    }

    [Fact]
    public async Task What_a_container_stands_on_is_not_garbage()
    {
        var below = store.Run(null, "touch a");
        var made = await CreateAsync("one", below);
        store.Store.LetGo();
        other.LetGo();
        Assert.Equal(0, other.CollectGarbage(PrunePolicy.GarbageOnly, Cancellation).Snapshots);
        Assert.True(Directory.Exists(below.Path));
        using (var hold = store.Store.Containers.TryHold(made)!)
        {
            hold.Remove();
        }

        store.Store.LetGo();
        Assert.Equal(1, other.CollectGarbage(PrunePolicy.GarbageOnly, Cancellation).Snapshots);
    }

    [Fact]
    public async Task A_damaged_record_stops_collections_and_is_told()
    {
        var made = await CreateAsync("one");
        var path = Path.Combine(store.Root, "containers", made.Id, "container.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Cancellation)).Replace("\"one\"", "\"two\"", StringComparison.Ordinal), Cancellation);
        Assert.Empty(other.Containers.List());
        Assert.Equal(StorageErrors.Corrupt, Assert.Throws<BuilderException>(() => other.CollectGarbage(PrunePolicy.GarbageOnly, Cancellation)).Code);
        var report = Checking.StoreChecker.Check(other, repair: false, null, Cancellation);
        Assert.Contains(report.Findings, finding => finding.Subject == $"container {made.Id}");
    }

    public void Dispose()
    {
        other.Dispose();
        store.Dispose();
    }

    private StoredContainer AnyBeginning()
    {
        // Of so many containers two begin alike.
        for (var i = 0; i < 20; i++)
        {
            CreateAsync($"more-{i}").GetAwaiter().GetResult();
        }

        var twice = other.Containers.List().GroupBy(container => container.Id[0]).First(group => group.Count() > 1).Key;
        return other.Containers.Get(twice.ToString());
    }

    private Task<StoredContainer> CreateAsync(string name, Snapshots.Snapshot? tree = null)
    {
        var blob = store.Store.Content.Put("{}"u8, "text/plain");
        return store.Store.Containers.CreateAsync(
            new ContainerRecord
            {
                Id = ContainerStore.NewId(),
                Name = name,
                Created = DateTimeOffset.UnixEpoch,
                ImageName = "image",
                Image = blob,
                Manifest = blob,
                ImageId = blob.Digest,
                Execution = new ExecutionConfig(),
                Settings = new ContainerSettings { Isolation = ["--memory=64m"] },
            },
            tree);
    }
}
