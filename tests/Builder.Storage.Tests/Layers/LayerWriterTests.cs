using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Linux.Isolation;
using Builder.Storage.Layers;
using Builder.Storage.Tests.Support;

namespace Builder.Storage.Tests.Layers;

/// <summary>What real steps in a real overlay leave in the layer: the edge cases on which engines differ.</summary>
public sealed class LayerWriterTests : IDisposable
{
    private readonly TestStore store = new();

    /// <summary>Name, script that makes the base, script of the step, the layer's entries.</summary>
    public static TheoryData<string, string, string, string[]> Steps => new()
    {
        { "1 nothing", "echo x > f", "true", [] },
        { "2 a file removed", "mkdir d; echo x > d/f", "rm d/f", ["d 755 d", "f 0 d/.wh.f"] },
        { "3 a directory made anew", "mkdir -p d/sub; touch d/old d/sub/x", "rm -r d; mkdir d; touch d/new", ["d 755 d", "f 0 d/.wh.old", "f 0 d/.wh.sub", "f 644 d/new"] },
        { "3b names that come back", "mkdir -p d/sub; touch d/old d/sub/x; echo 1 > d/same", "cp -p d/same keep; rm -r d; mkdir -p d/sub; mv keep d/same", ["d 755 d", "f 0 d/.wh.old", "d 755 d/sub", "f 0 d/sub/.wh.x"] },
        { "4 a tree removed", "mkdir -p d/sub; touch d/sub/x", "rm -r d", ["f 0 .wh.d"] },
        { "5 directory to file", "mkdir d; touch d/x", "rm -r d; touch d", ["f 644 d"] },
        { "6 file to directory", "touch f", "rm f; mkdir f", ["d 755 f"] },
        { "7 chmod", "echo x > f", "chmod 600 f", ["f 600 f"] },
        { "7b chmod of a directory", "mkdir -p d/e; touch d/e/f", "chmod 700 d/e", ["d 755 d", "d 700 d/e"] },
        { "8 chown", "echo x > f", "chown 3:4 f", ["f 644 3:4 f"] },
        { "9 touch", "echo x > f; touch -d @1000 f", "touch -d @2000 f", ["f 644 f"] },
        { "10 time of a directory", "mkdir d; touch d/f", "touch -d @5 d", [] },
        { "11 one of two hard links", "echo a > a; ln a b", "echo b >> a", ["f 644 a"] },
        { "12 a link to a lower file", "echo a > a", "ln a b", ["f 644 a", "h 644 b -> a"] },
        { "13 every kind", "true", "echo 1 > a; ln a b; ln -s a s; mkfifo p; mknod c c 1 3; mknod k b 7 1", ["f 644 a", "h 644 b -> a", "c 644 c", "b 644 k", "p 644 p", "l 777 s -> a"] },
        { "14 sparse", "true", "truncate -s 1M f", ["f 644 1048576 f"] },
        { "14b sparse with data between holes and at the end", "true", "truncate -s 3M f; printf x | dd of=f bs=1 seek=1500000 conv=notrunc status=none; truncate -s 2M g; printf end >> g", ["f 644 3145728 f", "f 644 2097155 g"] },
        { "15 an attribute", "echo x > f", "setfattr -n user.x -v y f", ["f 644 f user.x"] },
        { "15b an attribute removed", "echo x > f; setfattr -n user.x -v y f", "setfattr -x user.x f", ["f 644 f"] },
        { "16 a capability", "echo x > f", "setcap cap_net_raw+ep f", ["f 644 f security.capability"] },
        { "17 made and removed", "mkdir d", "touch d/f; rm d/f", [] },
        { "18 link to elsewhere", "ln -s a l", "ln -sfn b l", ["l 777 l -> b"] },
        { "19 names", "true", "touch 'a b' 'ü' \"$(printf 'new\\nline')\"; touch $(printf %0200d 0)", ["f 644 " + new string('0', 200), "f 644 a b", "f 644 new\nline", "f 644 Ã¼"] },
        { "20 a directory moved", "mkdir old; echo x > old/f", "mv old new", ["f 0 .wh.old", "d 755 new", "f 644 new/f"] },
        { "21 replaced by its equal", "echo x > f", "cp -p f g; mv g f", [] },
        { "21b same time and size, other content", "echo x > f; touch -d @1000.5 f", "echo y > f; touch -d @1000.5 f", ["f 644 f"] },
        { "22 opened for writing", "echo x > f", "exec 3<> f", [] },
        { "24 set-id bits", "true", "touch u g; mkdir t; chmod 4755 u; chmod 2755 g; chmod 1777 t", ["f 2755 g", "d 1777 t", "f 4755 u"] },
        { "25 large ids", "true", "touch f; chown 1000000000:2097153 f", ["f 644 1000000000:2097153 f"] },
        { "27 the root", "mkdir d", "chmod 700 .; chown 5:5 .", [] },
        { "34 renamed", "echo x > f", "mv f g", ["f 0 .wh.f", "f 644 g"] },
        { "35 link to a directory becomes one", "mkdir real; touch real/x; ln -s real l", "rm l; mkdir l; touch l/y", ["d 755 l", "f 644 l/y"] },
        { "40 no UTF-8", "true", "touch \"$(printf 'a\\377b')\"", ["f 644 a\u00ffb"] },
        { "42b same content over a file, newer", "echo x > f; touch -d @1000 f", "echo x > f; touch -d @2000 f", ["f 644 f"] },
        { "44 an access list", "echo x > f", "true; chmod u+x f", ["f 744 f"] },
        { "45 case and order", "true", "touch b B a A; mkdir a.d a-d; touch a.d/1 a-d/1", ["f 644 A", "f 644 B", "f 644 a", "d 755 a-d", "f 644 a-d/1", "d 755 a.d", "f 644 a.d/1", "f 644 b"] },
        { "a link over a directory", "mkdir d; touch d/x", "rm -r d; ln -s / d", ["l 777 d -> /"] },
        { "a deep opaque tree", "mkdir -p a/b/c; touch a/b/c/f a/b/g", "rm -r a; mkdir -p a/b; touch a/b/h", ["d 755 a", "d 755 a/b", "f 0 a/b/.wh.c", "f 0 a/b/.wh.g", "f 644 a/b/h"] },
        { "whiteouts come first", "touch z", "rm z; touch A", ["f 0 .wh.z", "f 644 A"] },
        { "hard links among new and old", "echo 1 > m", "ln m a; ln m z", ["f 644 a", "h 644 m -> a", "h 644 z -> a"] },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_step_leaves_exactly_its_changes_and_they_unpack_to_the_same_tree(string name, string prepare, string step, string[] expected)
    {
        Assert.NotEmpty(name);
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentNullException.ThrowIfNull(step);
        foreach (var tool in (string[])["setfattr", "setcap"])
        {
            if (step.Contains(tool, StringComparison.Ordinal))
            {
                Shell.SkipUnless(tool);
            }
        }

        Assert.SkipWhen(step.Contains("mknod", StringComparison.Ordinal) && !UserNamespace.Current.IsInitial, "device nodes need the initial user namespace");
        Assert.SkipWhen(step.Contains("1000000000", StringComparison.Ordinal) && !UserNamespace.Current.IsInitial, "the id is not mapped");
        var below = store.Run(null, prepare);
        var above = store.Run(below, step);

        var layer = store.Tar(above);
        Assert.Equal(expected, TarListing.Of(layer));
        Assert.Equal(expected.Length == 0, store.Store.Layers.Describe(above, LayerOptions.Default, TestContext.Current.CancellationToken).IsEmpty);

        var unpacked = await store.Unpack(store.Tar(below), layer);
        Assert.Equal(store.Flatten(above), store.Flatten(unpacked));
    }

    [Theory]
    [InlineData("cp -p f g; mv g f")]
    [InlineData("exec 3<> f")]
    [InlineData("mv d/g d/h; mv d/h d/g; chmod 700 d; chmod 755 d")]
    [InlineData("rm -r d; cp -a keep d; rm -r keep; mkdir keep; touch keep/g -d @1000; touch -d @1000 keep")]
    public void Over_several_layers_what_is_the_same_again_is_left_out(string step)
    {
        var bottom = store.Run(null, "echo x > f; mkdir d; touch -d @1000 d/g");
        var middle = store.Run(bottom, "cp -a d keep; touch other");
        Assert.Empty(TarListing.Of(store.Tar(store.Run(middle, step))));
    }

    [Fact]
    public void Case_23_a_socket_is_left_out_with_a_note()
    {
        var step = store.Run(null, tree =>
        {
            using var root = DirectoryHandle.Open(tree);
            root.MakeNode("sock"u8, FileType.Socket, 0x1ed);
            Shell.Run(tree, "touch f; [ -S sock ]");
        });
        Assert.Equal(["f 644 f"], TarListing.Of(store.Tar(step)));
        var info = store.Store.Layers.Describe(step, LayerOptions.Default, TestContext.Current.CancellationToken);
        Assert.Equal(["/sock is a socket, which a layer cannot hold"], info.Notes);
    }

    [Fact]
    public void Case_26_times_before_1970_and_after_2300_are_kept_in_whole_seconds()
    {
        var step = store.Run(null, "touch -d '1960-01-01 UTC' old; touch -d '2300-01-01 UTC' new; touch -d @1.9 part; touch -d @-1.5 before");
        Assert.Equal(
            [("before", -2L), ("new", 10413792000), ("old", -315619200), ("part", 1)],
            TarListing.Entries(store.Tar(step)).Select(entry => (Encoding.ASCII.GetString(entry.Name.Span), entry.ModifiedSeconds)));
        Assert.All(TarListing.Entries(store.Tar(step)), entry => Assert.Equal(0, entry.ModifiedNanoseconds));
    }

    [Fact]
    public void Case_31_a_header_names_no_users()
    {
        var tar = store.Tar(store.Run(null, "echo x > f; mkdir d"));
        const int UserName = 265;
        const int GroupNameEnd = 329;
        Assert.Equal(-1, tar.AsSpan(UserName, GroupNameEnd - UserName).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Case_43_a_capability_names_no_namespaces_root()
    {
        Shell.SkipUnless("setcap");
        var entry = Assert.Single(TarListing.Entries(store.Tar(store.Run(null, "touch f; setcap cap_net_raw+ep f"))));
        Assert.Equal("0100000200200000000000000000000000000000", Convert.ToHexString(Assert.Single(entry.Xattrs).Value.Span));
    }

    [Fact]
    public void Case_44_an_access_list_is_lost_with_a_note()
    {
        Shell.SkipUnless("setfattr");
        const string List = "0x0200000001000600ffffffff02000600e803000004000400ffffffff10000600ffffffff20000400ffffffff";
        var step = store.Run(null, $"touch f; setfattr -n system.posix_acl_access -v {List} f");
        Assert.Empty(Assert.Single(TarListing.Entries(store.Tar(step))).Xattrs);
        Assert.Equal(["/f has an access control list, which a layer cannot hold"], store.Store.Layers.Describe(step, LayerOptions.Default).Notes);
    }

    [Fact]
    public void Case_41_a_hundred_thousand_names_in_a_directory_keep_their_order()
    {
        // A tenth of that, for the sake of slow disks: nothing in the walk depends on the number.
        var step = store.Run(null, "mkdir d; cd d; seq 10000 | xargs touch");
        var names = TarListing.Entries(store.Tar(step)).Skip(1).Select(entry => Encoding.ASCII.GetString(entry.Name.Span)).ToArray();
        Assert.Equal(10000, names.Length);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void A_whiteout_has_no_time_and_no_owner()
    {
        var step = store.Run(store.Run(null, "touch f"), "rm f");
        var entry = Assert.Single(TarListing.Entries(store.Tar(step)));
        Assert.Equal((0, 0, 0, 0), (entry.ModifiedSeconds, entry.UserId, entry.GroupId, entry.Size));
    }

    [Theory]
    [InlineData("touch .wh.foo", "/.wh.foo")]
    [InlineData("mkdir -p d/.wh.dir", "/d/.wh.dir")]
    public void Case_32_a_file_with_a_reserved_name_is_an_error(string script, string path)
    {
        var step = store.Run(null, script);
        var error = Assert.Throws<BuilderException>(() => store.Store.Layers.Describe(step, LayerOptions.Default));
        Assert.Equal(StorageErrors.ReservedName, error.Code);
        Assert.Contains($"'{path}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Case_33_a_whiteout_of_nothing_is_dropped()
    {
        var draft = store.Store.Snapshots.Begin(store.Run(null, "touch f"));
        Shell.Run(draft.UpperDir, "mknod ghost c 0 0; mknod f c 0 0");
        Assert.Equal(["f 0 .wh.f"], TarListing.Of(store.Tar(draft.Commit(DateTimeOffset.UnixEpoch))));
    }

    [Fact]
    public void A_whiteout_in_attribute_form_is_understood()
    {
        Shell.SkipUnless("setfattr");
        Assert.SkipUnless(UserNamespace.Current.IsInitial, "trusted.* needs the initial user namespace");
        var draft = store.Store.Snapshots.Begin(store.Run(null, "mkdir d; touch d/f"));
        Shell.Run(draft.UpperDir, "mkdir d; setfattr -n trusted.overlay.opaque -v x d; touch d/f; setfattr -n trusted.overlay.whiteout -v y d/f");
        Assert.Equal(["d 755 d", "f 0 d/.wh.f"], TarListing.Of(store.Tar(draft.Commit(DateTimeOffset.UnixEpoch))));
    }

    [Fact]
    public void An_upper_folder_that_refers_to_lower_data_is_refused()
    {
        Shell.SkipUnless("setfattr");
        Assert.SkipUnless(UserNamespace.Current.IsInitial, "trusted.* needs the initial user namespace");
        var draft = store.Store.Snapshots.Begin(null);
        Shell.Run(draft.UpperDir, "mkdir d; setfattr -n trusted.overlay.redirect -v /etc d");
        var snapshot = draft.Commit(DateTimeOffset.UnixEpoch);
        Assert.Equal(StorageErrors.Corrupt, Assert.Throws<BuilderException>(() => store.Tar(snapshot)).Code);
    }

    [Fact]
    public void Case_39_a_file_of_eight_gibibytes_and_more_has_its_size_in_pax()
    {
        const long Size = (8L << 30) + 7;
        var step = store.Run(null, $"truncate -s {Size} f; echo end >> f");
        using var start = new FirstBytes(4096);
        using var upper = DirectoryHandle.Open(step.Path);
        using var view = store.Store.Snapshots.OpenView(null);
        using var lower = view.OpenDirectory(default);
        Assert.Throws<FirstBytes.EnoughException>(() => LayerWriter.Write(upper, lower, new OverlayMarks(false), LayerOptions.Default, start, TestContext.Current.CancellationToken));
        using var tar = new Archives.Tar.TarReader(new MemoryStream(start.Bytes));
        Assert.Equal(Size + 4, tar.Next()!.Size);
        Assert.Contains($"size={Size + 4}\n", Encoding.ASCII.GetString(start.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sparse_file_of_another_tar_is_unpacked_with_its_holes()
    {
        var folder = Directory.CreateTempSubdirectory("builder-huge-").FullName;
        try
        {
            Shell.Run(folder, "truncate -s 500M f; echo end >> f; tar --sparse --format=pax -cf huge.tar f; rm f");
            var tree = await store.Unpack(await File.ReadAllBytesAsync(Path.Combine(folder, "huge.tar"), TestContext.Current.CancellationToken));
            Assert.Equal($"{(500L << 20) + 4} 8 end", Shell.Run(tree!.Path, "echo $(stat -c '%s %b' f) $(tail -c 4 f)").Trim());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Case_41_a_thousand_levels_and_a_path_longer_than_the_kernel_takes()
    {
        var step = store.Run(null, tree =>
        {
            var here = DirectoryHandle.Open(tree);
            for (var i = 0; i < 1000; i++)
            {
                here.MakeDirectory("a-name-that-is-not-short"u8, 0x1ed);
                var next = here.OpenDirectory("a-name-that-is-not-short"u8);
                here.Dispose();
                here = next;
            }

            here.CreateFile("leaf"u8).Dispose();
            here.Dispose();
        });
        var tar = store.Tar(step);
        Assert.Equal(1001, TarListing.Entries(tar).Count);
        Assert.Equal(store.Flatten(step), store.Flatten(await store.Unpack(tar)));
    }

    [Fact]
    public void The_same_tree_in_two_stores_is_the_same_layer()
    {
        using var other = new TestStore();
        const string Script = "for i in 3 1 2; do mkdir d$i; for j in z a m; do echo $i$j > d$i/$j; touch -d @1000 d$i/$j; done; touch -d @7 d$i; done; ln d1/a d3/link; touch -d @9 d3";
        const string Reversed = "for i in 2 1 3; do mkdir d$i; for j in m z a; do echo $i$j > d$i/$j; touch -d @1000 d$i/$j; done; touch -d @7 d$i; done; ln d1/a d3/link; touch -d @9 d3";
        Assert.Equal(store.Tar(store.Run(null, Script)), other.Tar(other.Run(null, Reversed)));
    }

    [Fact]
    public void An_epoch_makes_younger_files_older_and_leaves_the_others()
    {
        var step = store.Run(null, "touch -d @5000 young; touch -d @10 old");
        var times = TarListing.Entries(store.Tar(step, new LayerOptions { SourceDateEpoch = 1000 })).Select(entry => entry.ModifiedSeconds);
        Assert.Equal([10L, 1000L], times);
    }

    [Fact]
    public void Gnu_tar_unpacks_what_was_written_to_the_same_files()
    {
        Shell.SkipUnless("tar");
        var step = store.Run(null, "mkdir -p d/e; echo hello > d/e/f; ln d/e/f d/g; ln -s ../x d/l; chown 7:8 d/e/f; chmod 4711 d/e/f; touch -d @1234 d/e/f; touch $(printf %0250d 1)");
        var folder = Directory.CreateDirectory(Path.Combine(store.Outside, "extracted")).FullName;
        File.WriteAllBytes(Path.Combine(store.Outside, "layer.tar"), store.Tar(step));
        Shell.Run(folder, "tar -xpf ../layer.tar --numeric-owner");
        using var extracted = RootDirectory.Open(folder);
        Assert.Equal(store.Flatten(step), FlatTree.Of(extracted));
    }

    [Fact]
    public void A_cancelled_description_stops()
    {
        var step = store.Run(null, "touch f");
        Assert.Throws<OperationCanceledException>(() => store.Store.Layers.Describe(step, LayerOptions.Default, new CancellationToken(true)));
    }

    public void Dispose() => store.Dispose();

    /// <summary>Takes the beginning, and has enough then.</summary>
    private sealed class FirstBytes(int length) : Archives.WriteOnlyStream
    {
        private readonly List<byte> bytes = [];

        public byte[] Bytes => [.. bytes];

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            bytes.AddRange(buffer[..Math.Min(buffer.Length, length - bytes.Count)]);
            if (bytes.Count == length)
            {
                throw new EnoughException();
            }
        }

        [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It is caught in this test.")]
        internal sealed class EnoughException : Exception;
    }
}
