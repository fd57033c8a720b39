using System.Text;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Tests.Support;

/// <summary>A store in a temporary folder, and real steps in it: scripts that run in an overlay mount.</summary>
public sealed class TestStore : IDisposable
{
    private readonly string folder;

    public TestStore(Snapshotter snapshotter = Snapshotter.Overlay, string? parent = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "overlay mounts and owners need root");
        folder = parent is null ? Directory.CreateTempSubdirectory("builder-storage-").FullName : Directory.CreateDirectory(Path.Combine(parent, "builder-storage")).FullName;
        Store = BuilderStore.Open(new StoreOptions { Root = Root, Fsync = FsyncPolicy.Never, Snapshotter = snapshotter });
    }

    public BuilderStore Store { get; private set; }

    public string Root => Path.Combine(folder, "store");

    /// <summary>Another process's view of the same store: what this one remembers is forgotten.</summary>
    public void Reopen(Snapshotter snapshotter = Snapshotter.Overlay)
    {
        Store.Dispose();
        Store = BuilderStore.Open(new StoreOptions { Root = Root, Fsync = FsyncPolicy.Never, Snapshotter = snapshotter });
    }

    /// <summary>A folder beside the store, where nothing should ever appear.</summary>
    public string Outside => folder;

    public Snapshot Run(Snapshot? parent, string script) => Run(parent, tree => Shell.Run(tree, script));

    /// <summary>Runs a step in the overlay of a draft, whose root is given by a path, and commits it.</summary>
    public Snapshot Run(Snapshot? parent, Action<string> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var draft = Store.Snapshots.Begin(parent);
        using (var mount = draft.Mount())
        {
            step($"/proc/{Environment.ProcessId}/fd/{mount.Descriptor}");
        }

        return draft.Commit(DateTimeOffset.UnixEpoch);
    }

    public byte[] Tar(Snapshot snapshot, LayerOptions? options = null)
    {
        var info = Store.Layers.Describe(snapshot, options ?? LayerOptions.Default, TestContext.Current.CancellationToken);
        using var tar = new MemoryStream();
        Store.Layers.CopyTo(info.DiffId, tar, TestContext.Current.CancellationToken);
        Assert.Equal(info.Size, tar.Length);
        Assert.Equal(info.DiffId.Digest, Digest.Of(tar.ToArray()));
        return tar.ToArray();
    }

    /// <summary>Unpacks plain tars as the layers of an image, bottom first.</summary>
    public Task<Snapshot?> Unpack(params byte[][] tars)
    {
        var blobs = tars.ToDictionary(tar => Digest.Of(tar), tar => tar, EqualityComparer<Digest>.Default);
        return Store.Layers.EnsureSnapshotsAsync(
            [.. tars.Select(tar => (new Descriptor(MediaTypes.OciLayer, Digest.Of(tar), tar.Length), new DiffId(Digest.Of(tar))))],
            (blob, _) => Task.FromResult<Stream>(new MemoryStream(blobs[blob.Digest])),
            null,
            TestContext.Current.CancellationToken);
    }

    /// <summary>Everything that a container would see, one line a file.</summary>
    public IReadOnlyList<string> Flatten(Snapshot? snapshot)
    {
        using var view = Store.Snapshots.OpenView(snapshot);
        return FlatTree.Of(view);
    }

    public void Dispose()
    {
        Store.Dispose();
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(folder)!);
        parent.RemoveTree(Encoding.UTF8.GetBytes(Path.GetFileName(folder)));
    }
}
