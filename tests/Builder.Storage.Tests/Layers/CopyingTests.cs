using Builder.Storage.Layers;
using Builder.Storage.Snapshots;
using Builder.Storage.Tests.Support;
using Builder.Testing;

namespace Builder.Storage.Tests.Layers;

/// <summary>Steps without overlayfs: the same scripts over copies come to the same layers.</summary>
public sealed class CopyingTests : IDisposable
{
    private readonly TestStore overlay = new();
    private readonly TestStore copy = new(Snapshotter.Copy);

    /// <summary>Scripts that run one after the other, each a step.</summary>
    public static TheoryData<string, string[]> Scenes => new()
    {
        { "nothing", ["mkdir d; touch -d @5 d/f", "true"] },
        { "files and directories come and go", ["mkdir -p a/b c; echo 1 > a/b/f; echo 2 > c/g; find . -exec touch -d @7 {} +", "rm -r a; mkdir -p a/new; rm c/g; mkdir c/g; touch -d @8 c/g/x"] },
        { "metadata", ["echo x > f; echo y > g; touch -d @9 f g", "chmod 4711 f; chown 7:8 g; touch -d @9 f g"] },
        { "times", ["echo x > f; echo y > g; touch -d @9 f g", "touch -d @10 f; touch -d @9.5 g"] },
        { "new hard links", ["echo x > f; touch -d @9 f", "ln f g; ln -s f l; mkfifo p; touch -d @9 p; touch -hd @9 l"] },
        { "old hard links that are left alone", ["echo x > f; ln f g; touch -d @9 f", "touch -d @3 other"] },
        { "old hard links that go", ["echo x > f; ln f g; ln f h; touch -d @9 f", "rm f g h; touch -d @9 z"] },
        { "attributes", ["touch -d @9 f g", "setfattr -n user.x -v 1 f; setcap cap_net_raw+ep g"] },
        { "a file that becomes a link that becomes a directory", ["echo x > f; touch -d @9 f", "rm f; ln -s d f; touch -hd @9 f", "rm f; mkdir f; touch -d @9 f/y"] },
        { "equal content and time", ["echo x > f; touch -d @9 f", "rm f; echo x > f; touch -d @9 f"] },
        { "devices and odd names", ["mknod n c 1 3; touch -d @9 n; touch -d @9 \"$(printf 'a\\nb')\" \"$(printf '\\377')\"", "rm n"] },
    };

    [Theory]
    [MemberData(nameof(Scenes))]
    public void The_layers_are_the_same_and_so_is_the_tree(string what, string[] scripts)
    {
        Assert.NotEmpty(what);
        ArgumentNullException.ThrowIfNull(scripts);
        Shell.SkipUnless("setcap");
        Shell.SkipUnless("setfattr");
        Snapshot? one = null, other = null;
        foreach (var script in scripts)
        {
            // What a script leaves without a time of its own gets one: the two stores are not at work in the same second.
            const string Settle = "; find . -mindepth 1 -newermt @1000000 -exec touch -hd @5 {} +";
            one = overlay.Run(one, script + Settle);
            other = copy.Run(other, script + Settle);
            Assert.False(one.IsWhole);
            Assert.True(other.IsWhole);
            Assert.Equal(TarListing.Of(overlay.Tar(one)), TarListing.Of(copy.Tar(other)));
            Assert.Equal(overlay.Tar(one), copy.Tar(other));
            Assert.Equal(overlay.Flatten(one), copy.Flatten(other));
        }
    }

    /// <summary>The one difference (spec/store.md, "Steps in copies"): an overlay takes a file's names apart, a copy does not.</summary>
    [Fact]
    public void A_write_to_one_of_two_older_names_reaches_both()
    {
        const string Base = "echo x > a; ln a b; touch -d @5 a";
        const string Step = "echo y >> a";
        static string[] Names(TestStore store) => [.. TarListing.Entries(store.Tar(store.Run(store.Run(null, Base), Step))).Select(entry => $"{entry.Kind} {System.Text.Encoding.ASCII.GetString(entry.Name.Span)}")];
        Assert.Equal(["File a"], Names(overlay));
        Assert.Equal(["File a", "HardLink b"], Names(copy));
    }

    [Fact]
    public async Task Unpacked_layers_are_merged_by_copying_with_all_that_hides_and_links()
    {
        byte[][] tars =
        [
            new TarBuilder().Folder("d").File("d/f", "content", 0x1ed).File("d/g", "gone").Folder("o").File("o/old").File("x").Build(),
            new TarBuilder().File("d/.wh.g").HardLink("h", "d/f").Folder("o").File("o/.wh..wh..opq").File("o/new").File(".wh.x").Build(),
            new TarBuilder().Folder("x").File("x/y").Build(),
        ];
        var one = await overlay.Unpack(tars);
        var other = await copy.Unpack(tars);
        Assert.Equal(overlay.Flatten(one), copy.Flatten(other));
        Assert.Equal(overlay.Tar(overlay.Run(one, "rm -r o; touch -d @3 z")), copy.Tar(copy.Run(other, "rm -r o; touch -d @3 z")));
    }

    [Fact]
    public void A_store_is_used_with_one_and_then_with_the_other()
    {
        var first = overlay.Run(null, "mkdir d; echo 1 > d/f; echo 2 > d/g; touch -d @9 d/f d/g");
        var second = overlay.Run(first, "rm d/f; touch -d @9 d/h");
        overlay.Reopen(Snapshotter.Copy);
        var copied = overlay.Run(overlay.Store.Snapshots.Get(second.Id), "rm d/g; touch -d @9 d/i");
        Assert.True(copied.IsWhole);
        Assert.Equal(["d 755 d", "f 0 d/.wh.g", "f 644 d/i"], TarListing.Of(overlay.Tar(copied)));
        overlay.Reopen(Snapshotter.Overlay);
        var last = overlay.Run(overlay.Store.Snapshots.Get(copied.Id), "rm d/h; touch -d @9 d/j");
        Assert.False(last.IsWhole);
        Assert.Equal(["d 755 d", "f 0 d/.wh.h", "f 644 d/j"], TarListing.Of(overlay.Tar(last)));
        Assert.Equal(["Directory 755 0:0 d ", "Regular 644 0:0 d/i 0 e3b0c44298fc @9", "Regular 644 0:0 d/j 0 e3b0c44298fc @9"], overlay.Flatten(last));
    }

    [Fact]
    public void Squashed_steps_are_one_layer_of_what_is_left()
    {
        foreach (var store in (TestStore[])[overlay, copy])
        {
            var bottom = store.Run(null, "mkdir d; echo 1 > d/f; echo 2 > d/g; ln d/f d/twin; touch -d @9 d/f d/g");
            var middle = store.Run(bottom, "echo secret > d/secret; rm d/g");
            var top = store.Run(middle, "rm d/secret; touch -d @9 d/h");
            Assert.Equal(["d 755 d", "f 0 d/.wh.g", "f 644 d/h"], Squashed(store, top, bottom));
            Assert.Equal(["d 755 d", "f 644 d/f", "f 644 d/h", "h 644 d/twin -> d/f"], Squashed(store, top, null));
        }
    }

    public void Dispose()
    {
        overlay.Dispose();
        copy.Dispose();
    }

    private static IReadOnlyList<string> Squashed(TestStore store, Snapshot top, Snapshot? below)
    {
        var info = store.Store.Layers.DescribeSquashed(top, below, LayerOptions.Default, TestContext.Current.CancellationToken);
        using var tar = new MemoryStream();
        store.Store.Layers.CopyTo(info.DiffId, tar, TestContext.Current.CancellationToken);
        Assert.Equal(info.DiffId.Digest, Oci.Digest.Of(tar.ToArray()));
        return TarListing.Of(tar.ToArray());
    }
}
