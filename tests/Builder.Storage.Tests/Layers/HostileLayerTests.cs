using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Storage.Layers;
using Builder.Storage.Tests.Support;
using Builder.Testing;

namespace Builder.Storage.Tests.Layers;

/// <summary>Archives that try to get out, to hide or to confuse (CVE-2020-10696, CVE-2026-17106 and their relatives).</summary>
public sealed class HostileLayerTests : IDisposable
{
    private readonly TestStore store = new();
    private readonly string[] before;

    public HostileLayerTests() => before = Entries();

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
        { "a directory that becomes a link, and a file through it", tar => tar.Folder("d").Symlink("d", "/tmp").File("d/canary", "x"), ["d", "tmp", "tmp/canary"] },
        { "a link through its own target", tar => tar.Symlink("a", "b/../..").File("a/canary", "x"), ["a", "b", "canary"] },
        { "a hard link that is then written to", tar => tar.Symlink("s", "/etc/passwd").HardLink("h", "s").File("h", "x"), ["h", "s"] },
        { "a link with an absolute target in the middle", tar => tar.Folder("x").Symlink("x/up", "/../../..").File("x/up/canary", "x"), ["canary", "x", "x/up"] },
        { "a whiteout beside what it names", tar => tar.File("f", "x").File(".wh.f"), ["f"] },
        { "a root below the root", tar => tar.File("//etc//passwd", "x"), ["etc", "etc/passwd"] },
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

    /// <summary>Four megabytes of zeros on the wire for four gigabytes behind it, or any number of entries: bounded (isolation, 45).</summary>
    [Fact]
    public async Task A_layer_that_unpacks_to_too_much_is_refused_and_leaves_nothing()
    {
        var tar = new TarBuilder().File("f", new string('\0', 8 << 20)).Build();
        using var packed = new MemoryStream();
        await Archives.Compression.LayerEncoder.EncodeAsync(stream => stream.Write(tar), new(Archives.Compression.LayerFormat.Zstd), packed, null, TestContext.Current.CancellationToken);
        var blob = new Oci.Descriptor(Oci.MediaTypes.OciLayerZstd, Oci.Digest.Of(packed.ToArray()), packed.Length);
        Task<Builder.Storage.Snapshots.Snapshot?> Unpack() => store.Store.Layers.EnsureSnapshotsAsync(
            [(blob, new Oci.DiffId(Oci.Digest.Of(tar)))], (_, _) => Task.FromResult<Stream>(new MemoryStream(packed.ToArray())), null, TestContext.Current.CancellationToken);

        store.Store.Layers.Limits = new LayerLimits(Bytes: 1 << 20, Ratio: 1100);
        Assert.Equal(Archives.ArchiveErrors.LimitExceeded, (await Assert.ThrowsAsync<BuilderException>(Unpack)).Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "snapshots")));
        store.Store.Layers.Limits = new LayerLimits(Bytes: 1 << 20, Ratio: 100_000);
        Assert.NotNull(await Unpack());

        store.Store.Layers.Limits = new LayerLimits(Entries: 3);
        var error = await Assert.ThrowsAsync<BuilderException>(() => store.Unpack(new TarBuilder().File("a").File("b").File("c").File("d").Build()));
        Assert.Equal(StorageErrors.InvalidLayer, error.Code);
    }

    [Theory]
    [InlineData("negative size")]
    [InlineData("cut off")]
    [InlineData("no tar")]
    [InlineData("sparse beyond its size")]
    public async Task A_broken_tar_is_refused_and_leaves_nothing(string how)
    {
        var tar = new TarBuilder().File("f", "content").Build();
        switch (how)
        {
            case "negative size":
                // Base-256: minus one.
                tar.AsSpan(124, 12).Fill(0xff);
                Reseal(tar);
                break;
            case "cut off":
                tar = tar[..700];
                break;
            case "no tar":
                tar = new byte[4096];
                new Random(1).NextBytes(tar);
                break;
            default:
                // GNU's old format: a segment of 7 bytes at 2^30 in a file of 8.
                tar[156] = (byte)'S';
                "ustar  \0"u8.CopyTo(tar.AsSpan(257));
                "10000000000\0"u8.CopyTo(tar.AsSpan(386));
                "00000000007\0"u8.CopyTo(tar.AsSpan(398));
                "00000000010\0"u8.CopyTo(tar.AsSpan(483));
                Reseal(tar);
                break;
        }

        var error = await Assert.ThrowsAsync<BuilderException>(() => store.Unpack(tar));
        Assert.True(error.Code == Archives.ArchiveErrors.InvalidTar || error.Code == Archives.ArchiveErrors.TruncatedTar, error.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "snapshots")));
        NothingElseHappened();
    }

    private static void Reseal(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header[..512])
        {
            sum += b;
        }

        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0").CopyTo(header[148..]);
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
        Assert.Equal(before, Entries());
        Assert.False(File.Exists("/canary"));
    }

    private string[] Entries() => [.. Directory.EnumerateFileSystemEntries(store.Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
