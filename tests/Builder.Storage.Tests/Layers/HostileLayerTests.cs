using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Storage.Tests.Support;
using Builder.Testing;

namespace Builder.Storage.Tests.Layers;

/// <summary>Archives that try to get out, to hide or to confuse (CVE-2020-10696, CVE-2026-17106 and their relatives).</summary>
public sealed class HostileLayerTests : IDisposable
{
    private static readonly string[] StoreFolders = ["blobs", "builder.json", "cache", "chains", "empty", "index.json", "layers", "leases", "names", "oci-layout", "snapshots", "tmp", "transfers"];
    private readonly TestStore store = new();

    public static TheoryData<string, Func<TarBuilder, TarBuilder>, string[]> Contained => new()
    {
        { "absolute name", tar => tar.File("/abs", "x"), ["abs"] },
        { "slashes and dots", tar => tar.File("././/./f", "x"), ["f"] },
        { "write through a link to the host's root", tar => tar.Symlink("l", "/").File("l/canary", "x"), ["canary", "l"] },
        { "write through a link that climbs", tar => tar.Symlink("l", "../../../../..").File("l/canary", "x"), ["canary", "l"] },
        { "write through a chain of links", tar => tar.Folder("d").Symlink("a", "b").Symlink("b", "d").File("a/f", "x"), ["a", "b", "d", "d/f"] },
        { "link replaced by a file", tar => tar.Symlink("f", "/etc/passwd").File("f", "x"), ["f"] },
        { "directory replaced by a link", tar => tar.Folder("d").File("d/x").Symlink("d", "/tmp"), ["d"] },
        { "link replaced by a directory", tar => tar.Symlink("d", "/tmp").Folder("d").File("d/x"), ["d", "d/x"] },
        { "hard link with an absolute target", tar => tar.File("f", "x").HardLink("h", "/f"), ["f", "h"] },
        { "hard link to itself", tar => tar.File("f", "x").HardLink("f", "f"), ["f"] },
        { "hard link to a link", tar => tar.Symlink("s", "/etc/shadow").HardLink("h", "s"), ["h", "s"] },
        { "the same name twice", tar => tar.File("f", "first").File("f", "second"), ["f"] },
        { "a file, then a tree", tar => tar.File("a").Folder("a").File("a/b"), ["a", "a/b"] },
        { "aufs bookkeeping", tar => tar.File(".wh..wh.plnk/1.2").File(".wh..wh.aufs").File("f"), ["f"] },
        { "a file without its directories", tar => tar.File("x/y/z"), ["x", "x/y", "x/y/z"] },
        { "an attribute that steers overlayfs", tar => tar.Entry(new TarEntry { Name = "d"u8.ToArray(), Kind = TarEntryKind.Directory, Mode = 0x1ed, Xattrs = [new TarXattr("trusted.overlay.redirect"u8.ToArray(), "/etc"u8.ToArray())] }), ["d"] },
        { "the root itself", tar => tar.Folder(".").File("f"), ["f"] },
    };

    public static TheoryData<string, Func<TarBuilder, TarBuilder>> Refused => new()
    {
        { "climbing name", tar => tar.File("../canary", "x") },
        { "climbing in the middle", tar => tar.Folder("a").File("a/../../canary", "x") },
        { "nothing but dots", tar => tar.Folder("..") },
        { "hard link to outside", tar => tar.HardLink("h", "../../canary") },
        { "hard link through a link", tar => tar.Symlink("l", "/etc").HardLink("h", "l/passwd") },
        { "hard link to a directory", tar => tar.Folder("d").HardLink("h", "d") },
        { "hard link to nothing", tar => tar.HardLink("h", "nothing") },
        { "hard link to the root", tar => tar.HardLink("h", "/") },
        { "a link to itself as a parent", tar => tar.Symlink("l", "l").File("l/f") },
        { "a file as a parent", tar => tar.File("f").File("f/g") },
        { "whiteout of ..", tar => tar.File(".wh...") },
        { "whiteout of .", tar => tar.File(".wh..") },
        { "whiteout of nothing", tar => tar.File("d/.wh.") },
        { "something inside a whiteout", tar => tar.File(".wh.d/f") },
        { "a whiteout in disguise", tar => tar.Entry(new TarEntry { Name = "c"u8.ToArray(), Kind = TarEntryKind.CharacterDevice }) },
        { "a name that is too long", tar => tar.File(new string('n', 256)) },
        { "an owner that is no id", tar => tar.Entry(new TarEntry { Name = "f"u8.ToArray(), Kind = TarEntryKind.File, UserId = uint.MaxValue }) },
        { "the root as a link", tar => tar.Symlink("/.", "/etc") },
    };

    [Theory]
    [MemberData(nameof(Contained))]
    public async Task It_stays_inside(string name, Func<TarBuilder, TarBuilder> make, string[] expected)
    {
        Assert.NotEmpty(name);
        ArgumentNullException.ThrowIfNull(make);
        // On top of another layer, since that is where opaque marks and lower files come into play.
        var snapshot = await store.Unpack(new TarBuilder().Build(), make(new TarBuilder()).Build());
        var names = Shell.Run(snapshot!.Path, "find . -mindepth 1 | sed 's,^./,,' | LC_ALL=C sort").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, names);
        NothingElseHappened();
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task It_is_refused_and_leaves_nothing(string name, Func<TarBuilder, TarBuilder> make)
    {
        Assert.NotEmpty(name);
        ArgumentNullException.ThrowIfNull(make);
        var error = await Assert.ThrowsAsync<BuilderException>(() => store.Unpack(make(new TarBuilder()).Build()));
        Assert.Equal(StorageErrors.InvalidLayer, error.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "snapshots")));
        NothingElseHappened();
    }

    [Fact]
    public async Task A_layer_that_is_not_what_the_config_says_is_refused()
    {
        var tar = new TarBuilder().File("f").Build();
        var blob = new Oci.Descriptor(Oci.MediaTypes.OciLayer, Oci.Digest.Of(tar), tar.Length);
        var error = await Assert.ThrowsAsync<BuilderException>(() => store.Store.Layers.EnsureSnapshotsAsync(
            [(blob, new Oci.DiffId(Oci.Digest.OfText("other")))],
            (_, _) => Task.FromResult<Stream>(new MemoryStream(tar)),
            null,
            TestContext.Current.CancellationToken));
        Assert.Equal(StorageErrors.Mismatch, error.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "snapshots")));
    }

    [Fact]
    public async Task A_blob_that_is_not_what_the_manifest_says_is_refused()
    {
        var tar = new TarBuilder().File("f").Build();
        var blob = new Oci.Descriptor(Oci.MediaTypes.OciLayer, Oci.Digest.OfText("other"), tar.Length);
        var error = await Assert.ThrowsAsync<BuilderException>(() => store.Store.Layers.EnsureSnapshotsAsync(
            [(blob, new Oci.DiffId(Oci.Digest.Of(tar)))],
            (_, _) => Task.FromResult<Stream>(new MemoryStream(tar)),
            null,
            TestContext.Current.CancellationToken));
        Assert.Equal(StorageErrors.Mismatch, error.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "snapshots")));
        Assert.False(store.Store.Content.Contains(blob.Digest));
    }

    public void Dispose() => store.Dispose();

    private void NothingElseHappened()
    {
        Assert.Equal([store.Root], Directory.EnumerateFileSystemEntries(store.Outside));
        Assert.Equal(StoreFolders, Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(File.Exists("/canary"));
    }
}
