using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Garbage;
using Builder.Storage.Layers;
using Builder.Storage.Steps;
using Builder.Storage.Tests.Support;
using Builder.Testing;

namespace Builder.Storage.Tests;

public sealed class BuilderStoreTests : IDisposable
{
    private static readonly PrunePolicy WithSteps = new() { Steps = true };

    private readonly TestStore store = new();

    [Fact]
    public void Only_the_owner_can_enter_it()
    {
        Assert.Equal("700", Shell.Run(store.Root, "stat -c %a .").Trim());
    }

    [Fact]
    public void It_is_an_oci_layout()
    {
        Assert.Equal(OciLayout.Current, OciJson.ReadLayout(File.ReadAllBytes(Path.Combine(store.Root, "oci-layout"))));
    }

    [Fact]
    public void What_a_dead_process_left_is_swept_and_what_a_living_one_makes_is_not()
    {
        var tmp = Path.Combine(store.Root, "tmp");
        Directory.CreateDirectory(Path.Combine(tmp, "dead", "1", "fs"));
        File.WriteAllText(Path.Combine(tmp, "dead.lock"), "");
        File.WriteAllText(Path.Combine(tmp, "dead", "blob"), "half a blob");
        var living = store.Store.Snapshots.Begin(null);

        using var second = BuilderStore.Open(new StoreOptions { Root = store.Root });
        Assert.False(Directory.Exists(Path.Combine(tmp, "dead")));
        Assert.False(File.Exists(Path.Combine(tmp, "dead.lock")));
        Assert.True(Directory.Exists(living.UpperDir));
    }

    [Fact]
    public void A_store_of_another_version_is_refused()
    {
        var root = Path.Combine(store.Outside, "other");
        Directory.CreateDirectory(root);
        File.WriteAllText(Path.Combine(root, "builder.json"), """{"version":99,"userXattrs":false}""");
        var error = Assert.Throws<BuilderException>(() => BuilderStore.Open(new StoreOptions { Root = root }));
        Assert.Equal(StorageErrors.UnusableStore, error.Code);
    }

    [Fact]
    public async Task A_draft_that_is_not_committed_leaves_nothing()
    {
        var draft = store.Store.Snapshots.Begin(null);
        Shell.Run(draft.UpperDir, "mkdir -p a/b; chmod 0 a");
        await draft.DisposeAsync();
        Assert.False(Directory.Exists(Path.GetDirectoryName(draft.UpperDir)));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(store.Root, "snapshots")));
    }

    [Fact]
    public void A_step_is_found_until_its_snapshot_is_gone()
    {
        var key = Digest.OfText("step");
        var snapshot = store.Run(null, "touch f");
        var record = new StepRecord { SnapshotId = snapshot.Id, Created = DateTimeOffset.UnixEpoch, Explanation = new Dictionary<string, string> { ["command"] = "touch f" } };
        store.Store.Steps.Set(key, record);

        var found = store.Store.Steps.Find(key)!;
        Assert.Equal((record.SnapshotId, record.Created, "touch f"), (found.SnapshotId, found.Created, found.Explanation["command"]));
        Assert.Equal(0, store.Store.CollectGarbage(PrunePolicy.GarbageOnly, TestContext.Current.CancellationToken).Snapshots);
        Assert.NotNull(store.Store.Steps.Find(key));

        Assert.Equal(1, store.Store.CollectGarbage(WithSteps, TestContext.Current.CancellationToken).Snapshots);
        Assert.Null(store.Store.Steps.Find(key));
        Assert.Null(store.Store.Snapshots.Find(snapshot.Id));
    }

    [Fact]
    public async Task Garbage_is_what_no_image_reaches()
    {
        var tar = new TarBuilder().File("f", "base").Build();
        var below = (await store.Unpack(tar))!;
        var above = store.Run(below, "echo x > g");
        var layer = store.Store.Layers.Describe(above, LayerOptions.Default, TestContext.Current.CancellationToken);
        var config = new ImageConfig { Architecture = "amd64", Os = "linux", RootFs = new RootFs { DiffIds = [below.DiffId!.Value, layer.DiffId] } };
        var manifest = new ImageManifest
        {
            Config = store.Store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig),
            Layers = [new Descriptor(MediaTypes.OciLayer, Digest.Of(tar), tar.Length), layer.Descriptor()],
        };
        var target = store.Store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest);
        store.Store.Names.Set(ImageReference.Parse("kept"), target);
        store.Store.Content.Put("nobody wants this"u8, "text/plain");
        store.Run(below, "touch unwanted");

        var report = store.Store.CollectGarbage(WithSteps, TestContext.Current.CancellationToken);
        Assert.Equal((1, 17L, 1), (report.Blobs, report.BlobBytes, report.Snapshots));

        // The layer that only a snapshot holds can still be made.
        using var made = new MemoryStream();
        store.Store.Layers.CopyTo(layer.Descriptor(), made, TestContext.Current.CancellationToken);
        Assert.Equal(layer.DiffId.Digest, Digest.Of(made.ToArray()));

        Assert.True(store.Store.Names.Remove(ImageReference.Parse("kept")));
        report = store.Store.CollectGarbage(WithSteps, TestContext.Current.CancellationToken);
        Assert.Equal((3, 2), (report.Blobs, report.Snapshots));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "layers")));
    }

    [Fact]
    public void A_promise_that_was_broken_is_noticed()
    {
        var snapshot = store.Run(null, "echo x > f");
        var info = store.Store.Layers.Describe(snapshot, LayerOptions.Default, TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(snapshot.Path, "f"), "y");
        var error = Assert.Throws<BuilderException>(() => store.Store.Layers.CopyTo(info.DiffId, Stream.Null));
        Assert.Equal(StorageErrors.BrokenPromise, error.Code);
        Assert.Equal(StorageErrors.Missing, Assert.Throws<BuilderException>(() => store.Store.Layers.CopyTo(new DiffId(Digest.OfText("?")), Stream.Null)).Code);
    }

    public void Dispose() => store.Dispose();
}
