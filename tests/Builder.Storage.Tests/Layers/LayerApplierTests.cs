using Builder.Archives.Tar;
using Builder.Linux.Isolation;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;
using Builder.Storage.Tests.Support;
using Builder.Testing;

namespace Builder.Storage.Tests.Layers;

/// <summary>Layers as other tools write them, on top of one another.</summary>
public sealed class LayerApplierTests : IDisposable
{
    private readonly TestStore store = new();

    [Fact]
    public async Task A_hard_link_to_a_file_of_a_lower_layer_shares_its_inode_in_the_view()
    {
        var tree = await store.Unpack(
            new TarBuilder().Folder("d").File("d/f", "content", 0x1ed).Build(),
            new TarBuilder().HardLink("h", "d/f").Build());
        Assert.Equal(["d", "d/f content", "h content = d/f"], Names(store.Flatten(tree), store, tree!));
    }

    [Fact]
    public async Task A_file_without_its_directories_takes_them_from_below()
    {
        var tree = await store.Unpack(
            new TarBuilder().Entry(new TarEntry { Name = "d"u8.ToArray(), Kind = TarEntryKind.Directory, Mode = 0x1c0, UserId = 7, GroupId = 8 }).Build(),
            new TarBuilder().File("d/f").Build());
        Assert.Equal(["Directory 700 7:8 d ", "Regular 644 0:0 d/f 0 e3b0c44298fc @0"], store.Flatten(tree));
    }

    [Fact]
    public async Task A_file_under_a_lower_link_goes_where_the_link_leads()
    {
        var tree = await store.Unpack(
            new TarBuilder().Folder("usr").Folder("usr/lib").Symlink("lib", "usr/lib").Build(),
            new TarBuilder().File("lib/f").Build());
        Assert.Equal(
            ["SymbolicLink 777 0:0 lib -> usr/lib @0", "Directory 755 0:0 usr ", "Directory 755 0:0 usr/lib ", "Regular 644 0:0 usr/lib/f 0 e3b0c44298fc @0"],
            store.Flatten(tree));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whiteout_takes_what_is_below_and_not_what_its_own_layer_adds(bool whiteoutFirst)
    {
        var top = new TarBuilder();
        top = whiteoutFirst ? top.Folder("d").File("d/.wh.sub").Folder("d/sub").File("d/sub/new")
            : top.Folder("d").Folder("d/sub").File("d/sub/new").File("d/.wh.sub");
        var tree = await store.Unpack(new TarBuilder().Folder("d").Folder("d/sub").File("d/sub/old").Build(), top.Build());
        Assert.Equal(["d", "d/sub", "d/sub/new"], Paths(tree!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_opaque_mark_counts_wherever_it_stands(bool markFirst)
    {
        var top = new TarBuilder();
        top = markFirst ? top.Folder("d").File("d/.wh..wh..opq").File("d/new") : top.Folder("d").File("d/new").File("d/.wh..wh..opq");
        var tree = await store.Unpack(new TarBuilder().Folder("d").File("d/old").Build(), top.Build());
        Assert.Equal(["d", "d/new"], Paths(tree!));
    }

    [Fact]
    public async Task An_opaque_root_hides_all_that_is_below()
    {
        var tree = await store.Unpack(
            new TarBuilder().File("f").Folder("d").File("d/old").Build(),
            new TarBuilder().Folder("d").File("d/new").File(".wh..wh..opq").Build());
        Assert.Equal(["d", "d/new"], Paths(tree!));
    }

    [Fact]
    public async Task A_whiteout_in_the_bottom_layer_is_nothing()
    {
        var tree = await store.Unpack(new TarBuilder().File(".wh.f").Folder("d").File("d/.wh..wh..opq").Build());
        Assert.Equal(["d"], Paths(tree!));
    }

    [Fact]
    public async Task A_removed_directory_that_comes_back_is_empty()
    {
        var tree = await store.Unpack(
            new TarBuilder().Folder("d").File("d/old").Build(),
            new TarBuilder().File(".wh.d").Build(),
            new TarBuilder().File("d/new").Build());
        Assert.Equal(["d", "d/new"], Paths(tree!));
    }

    [Fact]
    public async Task The_root_keeps_the_mode_that_a_lower_layer_gave_it()
    {
        var tree = await store.Unpack(new TarBuilder().Folder("./", 0x1c0).Build(), new TarBuilder().File("f").Build());
        using var view = store.Store.Snapshots.OpenView(tree);
        Assert.Equal(0x1c0u, view.TryLstat(default)!.Value.Mode);
    }

    [Fact]
    public async Task Unpacking_again_reads_nothing_and_two_at_once_agree()
    {
        byte[][] tars = [new TarBuilder().File("a", "1").Build(), new TarBuilder().File("b", "2").Build(), new TarBuilder().HardLink("c", "a").Build()];
        var both = await Task.WhenAll(store.Unpack(tars), store.Unpack(tars));
        Assert.Equal(both[0], both[1]);
        var again = await store.Store.Layers.EnsureSnapshotsAsync(
            [.. tars.Select(tar => (new Oci.Descriptor(Oci.MediaTypes.OciLayer, Oci.Digest.Of(tar), tar.Length), new Oci.DiffId(Oci.Digest.Of(tar))))],
            (_, _) => throw new InvalidOperationException("nothing should be opened"),
            null,
            TestContext.Current.CancellationToken);
        Assert.Equal(both[0], again);
        Assert.Equal(3, Directory.GetDirectories(Path.Combine(store.Root, "snapshots")).Length);
    }

    [Fact]
    public async Task A_gzipped_layer_is_stored_as_it_came_and_its_tar_can_be_had()
    {
        var tar = new TarBuilder().File("f", "x").Build();
        using var compressed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        var blob = new Oci.Descriptor(Oci.MediaTypes.OciLayerGzip, Oci.Digest.Of(compressed.ToArray()), compressed.Length);
        var diffId = new Oci.DiffId(Oci.Digest.Of(tar));
        var stages = new List<LayerStage>();
        var tree = await store.Store.Layers.EnsureSnapshotsAsync(
            [(blob, diffId)],
            (_, _) => Task.FromResult<Stream>(new MemoryStream(compressed.ToArray())),
            progress => stages.Add(progress.Stage),
            TestContext.Current.CancellationToken);

        Assert.Equal([LayerStage.Unpacking, LayerStage.Done], stages.Distinct());
        Assert.Equal(blob.Digest, store.Store.Layers.FindBlob(diffId)!.Digest);
        Assert.Equal(tar, store.Tar(tree!));
        Assert.Equal(new LayerInfo(diffId, tar.Length, 1).DiffId, store.Store.Layers.Describe(tree!, new LayerOptions { SourceDateEpoch = 1 }, TestContext.Current.CancellationToken).DiffId);
    }

    [Fact]
    public async Task A_snapshot_that_lost_its_record_is_made_again()
    {
        var tar = new TarBuilder().File("f").Build();
        var first = (await store.Unpack(tar))!;
        await File.WriteAllTextAsync(Path.Combine(store.Root, "snapshots", first.Id, "record.json"), "", TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(first.Path, "f"));
        store.Reopen();
        Assert.Null(store.Store.Snapshots.Find(first.Id));
        Assert.Equal(["f"], Paths((await store.Unpack(tar))!));
    }

    [Fact]
    public async Task Where_only_one_id_exists_owners_are_remembered_for_the_layer()
    {
        if (!UserNamespace.Current.HasSingleId)
        {
            InUserNamespace.RunSelf("0 0 1", $"-method {typeof(LayerApplierTests).FullName}.{nameof(Where_only_one_id_exists_owners_are_remembered_for_the_layer)}");
            return;
        }

        var theirs = new TarEntry { Name = "f"u8.ToArray(), Kind = TarEntryKind.File, Mode = 0x1a4, UserId = 1000, GroupId = 50 };
        var tree = (await store.Unpack(new TarBuilder().Entry(theirs).Folder("d").Build()))!;
        var step = store.Run(tree, "chmod 600 f; cp -a f d/g; setfattr -x user.builder.owner d/g; [ $(stat -c %u f) = 0 ]");
        Assert.Equal(["d 755 d", "f 600 d/g", "f 600 1000:50 f"], TarListing.Of(store.Tar(step)));
        Assert.Empty(TarListing.Of(store.Tar(store.Run(tree, "exec 3<> f"))));
    }

    [Fact]
    public async Task Zeros_become_holes()
    {
        var tree = await store.Unpack(new TarBuilder().File("f", new string('\0', 4 << 20)).Build());
        Assert.Equal("4194304 0", Shell.Run(tree!.Path, "stat -c '%s %b' f").Trim());
    }

    public void Dispose() => store.Dispose();

    private string[] Paths(Snapshot tree) => [.. store.Flatten(tree).Select(line => line.Split(' ')[3])];

    private static string[] Names(IReadOnlyList<string> lines, TestStore store, Snapshot tree)
    {
        using var view = store.Store.Snapshots.OpenView(tree);
        return [.. lines.Select(line =>
        {
            var name = line.Split(' ')[3];
            if (line.StartsWith("Directory", StringComparison.Ordinal))
            {
                return name;
            }

            using var reader = new StreamReader(new FileStream(view.OpenFile(System.Text.Encoding.UTF8.GetBytes(name)), FileAccess.Read));
            return $"{name} {reader.ReadToEnd()}{(line.Contains(" = ", StringComparison.Ordinal) ? line[line.IndexOf(" = ", StringComparison.Ordinal)..] : "")}";
        })];
    }
}
