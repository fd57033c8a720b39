using Builder.Oci;
using Builder.Storage.CacheMounts;
using Builder.Storage.Checking;
using Builder.Storage.Garbage;
using Builder.Storage.Layers;
using Builder.Storage.Steps;
using Builder.Storage.Tests.Support;

namespace Builder.Storage.Tests;

/// <summary>Collections beside others' work, and what is chosen to go.</summary>
public sealed class GarbageTests : IDisposable
{
    private readonly TestStore store = new();
    private readonly BuilderStore other;

    public GarbageTests() => other = BuilderStore.Open(new StoreOptions { Root = store.Root, Fsync = FsyncPolicy.Never });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void What_another_holds_stays_with_all_below_it()
    {
        var below = store.Run(null, "touch a");
        var above = store.Run(below, "touch b");
        var blob = store.Store.Content.Put("held"u8, "text/plain");
        store.Store.LetGo();
        Assert.NotNull(other.Snapshots.Find(above.Id));
        Assert.True(other.Content.Contains(blob.Digest));

        var report = store.Store.CollectGarbage(PrunePolicy.GarbageOnly, Cancellation);
        Assert.Equal((0, 0), (report.Snapshots, report.Blobs));
        Assert.NotNull(store.Store.Snapshots.Find(below.Id));

        other.LetGo();
        report = store.Store.CollectGarbage(PrunePolicy.GarbageOnly, Cancellation);
        Assert.Equal((2, 1), (report.Snapshots, report.Blobs));
        Assert.Null(other.Snapshots.Find(above.Id));
    }

    [Fact]
    public void A_root_that_is_written_during_a_collection_keeps_what_it_needs()
    {
        // The first image is removed, and its removal is the moment at which another process finishes its own image.
        var victim = Image("victim");
        store.Store.Names.Keep(victim.Target);
        var fresh = Image("fresh");
        store.Store.LetGo();
        var inventory = StoreInventory.Take(store.Store);
        using var alone = store.Store.Leases.OpenOwner();
        var sweep = new Sweep(store.Store, inventory, alone);
        other.Names.Set(ImageReference.Parse("fresh"), fresh.Target);
        other.LetGo();
        Assert.Throws<RootsChangedException>(() => sweep.TryRemove(Leases.LeaseKey.OfBlob(fresh.Target.Digest), () => store.Store.Content.Discard(fresh.Target.Digest)));
        Assert.NotNull(store.Store.Content.Measure(fresh.Target.Digest));
    }

    [Fact]
    public void The_longest_unused_go_first_until_the_size_is_reached()
    {
        var snapshots = Enumerable.Range(0, 4).Select(i => store.Run(null, $"head -c 10000 /dev/zero > f{i}")).ToArray();
        for (var i = 0; i < snapshots.Length; i++)
        {
            var key = Digest.OfText($"step {i}");
            store.Store.Steps.Set(key, new StepRecord { SnapshotId = snapshots[i].Id, Created = DateTimeOffset.UnixEpoch });
            File.SetLastWriteTimeUtc(store.Store.Steps.PathOf(key), DateTime.UnixEpoch.AddDays(i == 0 ? 100 : i));
        }

        var report = store.Store.CollectGarbage(new PrunePolicy { Steps = true, MaxUsedBytes = 25_000 }, Cancellation);
        Assert.Equal((2, 2, 20_000L), (report.Steps, report.Snapshots, report.SnapshotBytes));
        Assert.Equal([true, false, false, true], Enumerable.Range(0, 4).Select(i => store.Store.Steps.Find(Digest.OfText($"step {i}")) is not null));
        Assert.Equal(0, store.Store.CollectGarbage(new PrunePolicy { Steps = true, ReservedBytes = 25_000 }, Cancellation).Steps);
        Assert.Equal(2, store.Store.CollectGarbage(new PrunePolicy { Steps = true, MinFreeBytes = long.MaxValue }, Cancellation).Steps);
    }

    [Fact]
    public void Only_what_is_old_enough_goes()
    {
        var key = Digest.OfText("step");
        store.Store.Steps.Set(key, new StepRecord { SnapshotId = store.Run(null, "touch f").Id, Created = DateTimeOffset.UnixEpoch });
        File.SetLastWriteTimeUtc(store.Store.Steps.PathOf(key), DateTime.UnixEpoch.AddDays(10));
        Assert.Equal(0, store.Store.CollectGarbage(new PrunePolicy { Steps = true, Before = DateTimeOffset.UnixEpoch.AddDays(10) }, Cancellation).Steps);
        Assert.Equal(1, store.Store.CollectGarbage(new PrunePolicy { Steps = true, Before = DateTimeOffset.UnixEpoch.AddDays(11) }, Cancellation).Steps);
    }

    [Fact]
    public async Task Caches_and_unfinished_downloads_count_and_go_with_the_rest()
    {
        foreach (var (id, day) in ((string, int)[])[("old", 1), ("young", 3), ("held", 2)])
        {
            using var lease = await store.Store.CacheMounts.AcquireAsync(new CacheMountKey(id), CacheMountSharing.Shared, null, null, Cancellation);
            File.WriteAllBytes(Path.Combine(lease.Path, "f"), new byte[10_000]);
            File.SetLastWriteTimeUtc(lease.Path + ".lock", DateTime.UnixEpoch.AddDays(day));
        }

        var key = Digest.OfText("step");
        store.Store.Steps.Set(key, new StepRecord { SnapshotId = store.Run(null, "head -c 10000 /dev/zero > f").Id, Created = DateTimeOffset.UnixEpoch });
        File.SetLastWriteTimeUtc(store.Store.Steps.PathOf(key), DateTime.UnixEpoch.AddDays(2));
        using (var partial = store.Store.Content.OpenPartial(new Descriptor(MediaTypes.OciLayer, Digest.OfText("big"), 5000)))
        {
            partial.Write(0, new byte[1000]);
        }

        using var held = await other.CacheMounts.AcquireAsync(new CacheMountKey("held"), CacheMountSharing.Shared, null, null, Cancellation);
        var usage = store.Store.MeasureUsage();
        Assert.Equal((30_000L, 1000L, 10_000L), (usage.CacheBytes, usage.PartialBytes, usage.StepBytes));
        Assert.Equal(["held"], usage.Caches.Where(cache => cache.IsUsed).Select(cache => cache.Id));

        // Nothing asks for a size: caches stay, as they took long to get. Then the oldest go, and what is in use does not.
        Assert.Equal(0, store.Store.CollectGarbage(PrunePolicy.GarbageOnly, Cancellation).Caches);
        var report = store.Store.CollectGarbage(new PrunePolicy { Steps = true, MaxUsedBytes = 25_000 }, Cancellation);
        Assert.Equal((1, 1, 10_000L), (report.Caches, report.Steps, report.CacheBytes));
        Assert.Equal(["held", "young"], (await store.Store.CacheMounts.ListAsync(Cancellation)).Select(cache => cache.Key.Id));
        Assert.Equal(0, store.Store.MeasureUsage().PartialBytes);
    }

    [Fact]
    public async Task What_was_built_here_is_not_unpacked_again()
    {
        var snapshot = store.Run(null, "echo x > f");
        var layer = store.Store.Layers.Describe(snapshot, LayerOptions.Default, Cancellation);
        store.Store.Snapshots.Adopt(ChainId.Of(layer.DiffId), snapshot);
        var found = await store.Store.Layers.EnsureSnapshotsAsync(
            [(layer.Descriptor(), layer.DiffId)], (_, _) => throw new InvalidOperationException("nothing is to be fetched"), null, Cancellation);
        Assert.Equal(snapshot.Id, found!.Id);
        Assert.False(store.Store.Content.Contains(layer.DiffId.Digest));
    }

    [Fact]
    public void The_index_lists_an_image_from_when_it_is_whole_until_it_loses_its_name()
    {
        var (target, layer) = Image("app");
        var name = ImageReference.Parse("app");
        store.Store.Names.Set(name, target);
        Assert.Empty(store.Store.LayoutIndex.TryRead()!);
        Assert.True(store.Store.Layers.Materialize(layer, Cancellation));
        store.Store.Names.RefreshIndex([name]);
        var entry = Assert.Single(store.Store.LayoutIndex.TryRead()!);
        Assert.Equal((target.Digest, "app:latest"), (entry.Digest, entry.Annotation(AnnotationKeys.RefName)));
        store.Store.Names.Remove(name);
        Assert.Empty(store.Store.LayoutIndex.TryRead()!);
    }

    [Theory]
    [InlineData("names", "name app:latest")]
    [InlineData("cache", "step ")]
    [InlineData("layers", "layer ")]
    [InlineData("chains", "stack ")]
    [InlineData("blobs/sha256", "blob ")]
    [InlineData("snapshots/*/record.json", "snapshot ")]
    [InlineData("snapshots/*/fs/f", "snapshot ")]
    public void A_flipped_bit_is_found_and_named_and_put_in_order(string where, string subject)
    {
        var (target, layer) = Image("app");
        store.Store.Names.Set(ImageReference.Parse("app"), target);
        store.Store.Layers.Materialize(layer, Cancellation);
        store.Store.Names.RefreshIndex([ImageReference.Parse("app")]);
        Assert.Empty(StoreChecker.Check(store.Store, repair: false, null, Cancellation).Findings);

        var path = Shell.Run(store.Root, where.Contains('*', StringComparison.Ordinal) ? $"ls -d {where}" : $"ls -d {where}/* | head -1").Trim();
        var file = Path.Combine(store.Root, path);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        store.Reopen();

        var found = StoreChecker.Check(store.Store, repair: false, null, Cancellation);
        Assert.False(found.IsClean);
        Assert.Contains(found.Findings, finding => finding.Subject.StartsWith(subject, StringComparison.Ordinal));
        StoreChecker.Check(store.Store, repair: true, null, Cancellation);
        var names = store.Store.Names.Resolve(ImageReference.Parse("app"));
        Assert.Equal(target.Digest, names?.Digest);
        if (where is not "blobs/sha256")
        {
            Assert.True(StoreChecker.Check(store.Store, repair: false, null, Cancellation).IsClean);
        }
    }

    [Fact]
    public void A_damaged_record_is_a_miss_that_is_said_aloud()
    {
        var key = Digest.OfText("step");
        store.Store.Steps.Set(key, new StepRecord { SnapshotId = store.Run(null, "touch f").Id, Created = DateTimeOffset.UnixEpoch });
        File.WriteAllText(store.Store.Steps.PathOf(key), File.ReadAllText(store.Store.Steps.PathOf(key)).Replace("1970", "1971", StringComparison.Ordinal));
        var warnings = new List<string>();
        using var reader = BuilderStore.Open(new StoreOptions { Root = store.Root, Warn = warnings.Add });
        Assert.Null(reader.Steps.Find(key));
        Assert.Contains(key.Hex, Assert.Single(warnings), StringComparison.Ordinal);
    }

    /// <summary>Hints and caches are found out again: damaged ones are told, and do not end a build.</summary>
    [Fact]
    public async Task Damaged_records_of_transfers_and_caches_are_misses_that_are_said_aloud()
    {
        var blob = Digest.OfText("blob");
        store.Store.Transfers.RememberPlace(blob, "localhost:5000/app");
        store.Store.Transfers.RememberCompressed(new DiffId(blob), "gzip-5", new Descriptor(MediaTypes.OciLayerGzip, blob, 1));
        using (await store.Store.CacheMounts.AcquireAsync(new CacheMountKey("id"), CacheMountSharing.Shared, null, null, Cancellation))
        {
        }

        foreach (var record in Directory.EnumerateFiles(Path.Combine(store.Root, "transfers")).Concat(Directory.EnumerateFiles(Path.Combine(store.Root, "mounts-cache"), "record.json", SearchOption.AllDirectories)))
        {
            File.WriteAllText(record, "{");
        }

        var warnings = new List<string>();
        using var reader = BuilderStore.Open(new StoreOptions { Root = store.Root, Warn = warnings.Add });
        Assert.Empty(reader.Transfers.PlacesOf(blob));
        Assert.Null(reader.Transfers.FindCompressed(new DiffId(blob), "gzip-5"));
        Assert.Empty(await reader.CacheMounts.ListAsync(Cancellation));
        Assert.Equal(3, warnings.Count);
        reader.Transfers.RememberPlace(blob, "localhost:5000/app");
        Assert.Equal(["localhost:5000/app"], reader.Transfers.PlacesOf(blob));
    }

    public void Dispose()
    {
        other.Dispose();
        store.Dispose();
    }

    private (Descriptor Target, DiffId Layer) Image(string content)
    {
        var snapshot = store.Run(null, $"echo {content} > f");
        store.Store.Steps.Set(Digest.OfText(content), new StepRecord { SnapshotId = snapshot.Id, Created = DateTimeOffset.UnixEpoch });
        var layer = store.Store.Layers.Describe(snapshot, LayerOptions.Default, Cancellation);
        store.Store.Snapshots.Adopt(ChainId.Of(layer.DiffId), snapshot);
        var config = new ImageConfig { Architecture = "amd64", Os = "linux", RootFs = new RootFs { DiffIds = [layer.DiffId] } };
        var manifest = new ImageManifest { Config = store.Store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig), Layers = [layer.Descriptor()] };
        return (store.Store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest), layer.DiffId);
    }
}
