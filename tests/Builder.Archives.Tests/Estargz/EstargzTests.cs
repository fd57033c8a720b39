using System.Buffers.Text;
using System.IO.Compression;
using System.Text.Json;
using Builder.Archives.Compression;
using Builder.Archives.Estargz;
using Builder.Archives.Tar;
using Builder.Archives.Tests.Compression;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Testing;

namespace Builder.Archives.Tests.Estargz;

/// <summary>The rules of stargz-snapshotter's docs/estargz.md, by a reader that knows nothing but them.</summary>
public sealed class EstargzTests
{
    private const int Large = (2 * 4 * 1024 * 1024) + 4321;

    [Fact]
    public async Task The_footer_leads_to_a_table_of_contents_that_is_the_last_entry_of_the_tar()
    {
        var (blob, encoded) = await EncodeAsync(SampleTar.Make(Large));
        var footer = blob.AsSpan(blob.Length - EstargzFooter.Length);
        var tocOffset = EstargzFooter.Read(footer)!.Value;
        Assert.Empty(Samples.Read(new GZipStream(new MemoryStream(footer.ToArray()), CompressionMode.Decompress)));

        using var tar = new TarReader(new GZipStream(new MemoryStream(blob, (int)tocOffset, blob.Length - (int)tocOffset), CompressionMode.Decompress));
        var entry = tar.Next()!;
        Assert.Equal("stargz.index.json"u8.ToArray(), entry.Name.ToArray());
        Assert.Equal(encoded.Annotations["containerd.io/snapshot/stargz/toc.digest"], Digest.Of(Samples.Read(tar.Content)).ToString());
        Assert.Null(tar.Next());
    }

    [Fact]
    public async Task Every_piece_of_every_file_can_be_read_by_itself_and_is_what_its_digest_says()
    {
        var source = SampleTar.Make(Large);
        var (blob, _) = await EncodeAsync(source);
        var contents = Contents(source);
        var pieces = new Dictionary<string, List<byte>>();
        foreach (var entry in Toc(blob).EnumerateArray().Where(entry => entry.GetProperty("type").GetString() is "reg" or "chunk"))
        {
            var name = entry.GetProperty("name").GetString()!;
            var size = contents[name].Length;
            if (!pieces.TryGetValue(name, out var read))
            {
                pieces[name] = read = [];
                Assert.Equal(size, Number(entry, "size"));
                Assert.Equal(Digest.Of(contents[name]).ToString(), entry.GetProperty("digest").GetString());
            }

            if (size == 0)
            {
                continue;
            }

            Assert.Equal(read.Count, Number(entry, "chunkOffset"));
            var offset = (int)Number(entry, "offset");
            var piece = new byte[Number(entry, "chunkSize") is > 0 and var length ? length : size - read.Count];
            using var member = new GZipStream(new MemoryStream(blob, offset, blob.Length - offset), CompressionMode.Decompress);
            member.ReadExactly(piece);
            Assert.Equal(entry.GetProperty("chunkDigest").GetString(), Digest.Of(piece).ToString());
            read.AddRange(piece);
        }

        Assert.Equal(contents.Keys.Order(StringComparer.Ordinal), pieces.Keys.Order(StringComparer.Ordinal));
        Assert.All(contents, content => Assert.Equal(content.Value, pieces[content.Key]));
    }

    [Fact]
    public async Task The_table_says_what_the_headers_say()
    {
        var (blob, _) = await EncodeAsync(SampleTar.Make(10));
        var entries = Toc(blob).EnumerateArray().ToDictionary(entry => entry.GetProperty("name").GetString()!);
        Assert.Equal("dir", entries["d/"].GetProperty("type").GetString());
        Assert.Equal("2001-09-09T01:46:40Z", entries["d/"].GetProperty("modtime").GetString());
        Assert.Equal(0x1ed, Number(entries["d/"], "mode"));
        Assert.Equal("small", entries["d/link"].GetProperty("linkName").GetString());
        Assert.Equal("d/small", entries["d/twin"].GetProperty("linkName").GetString());
        Assert.Equal((1, 3), (Number(entries["null"], "devMajor"), Number(entries["null"], "devMinor")));
        Assert.Equal((7, 1_000_000_000, 0x9ed), (Number(entries["tagged"], "uid"), Number(entries["tagged"], "gid"), Number(entries["tagged"], "mode")));
        Assert.Equal([0, 1, 255], entries["tagged"].GetProperty("xattrs").GetProperty("user.x").GetBytesFromBase64());
    }

    [Fact]
    public async Task Gnu_tar_and_gzip_see_the_same_files_and_no_table()
    {
        Assert.SkipUnless(ExternalTool.Exists("tar") && ExternalTool.Exists("gzip"), "tar or gzip is not installed");
        var source = SampleTar.Make(100);
        var (blob, _) = await EncodeAsync(source);
        Assert.Equal(ExternalTool.Run("tar", ["-tvf", "-"], source), ExternalTool.Run("tar", ["-tvzf", "-"], blob));
    }

    [Fact]
    public async Task Names_that_are_no_text_and_sparse_files_have_no_place_in_it()
    {
        Assert.Equal(ArchiveErrors.Unrepresentable, (await Assert.ThrowsAsync<BuilderException>(() => EncodeAsync(new TarBuilder().File("\xff").Build()))).Code);
        Assert.SkipUnless(ExternalTool.Exists("tar"), "tar is not installed");
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder["sparse"]))
        {
            file.SetLength(1 << 20);
        }

        var sparse = ExternalTool.Run("tar", ["-C", folder.Path, "-cSf", "-", "sparse"]);
        Assert.Equal(ArchiveErrors.Unrepresentable, (await Assert.ThrowsAsync<BuilderException>(() => EncodeAsync(sparse))).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(EstargzFooter.Length - 1)]
    public void Anything_else_is_no_footer(int length)
    {
        Assert.Null(EstargzFooter.Read(new byte[length]));
        Assert.Equal(0x1234, EstargzFooter.Read(EstargzFooter.Write(0x1234)));
        Assert.Null(EstargzFooter.Read(EstargzFooter.Write(0x1234).AsSpan()[..^1]));
    }

    private static async Task<(byte[] Blob, EncodedLayer Encoded)> EncodeAsync(byte[] tar)
    {
        using var blob = new MemoryStream();
        var encoded = await LayerEncoder.EncodeAsync(stream => stream.Write(tar), new LayerCompression(LayerFormat.Estargz), blob, null, TestContext.Current.CancellationToken);
        return (blob.ToArray(), encoded);
    }

    private static JsonElement Toc(byte[] blob)
    {
        var offset = (int)EstargzFooter.Read(blob.AsSpan(blob.Length - EstargzFooter.Length))!.Value;
        using var tar = new TarReader(new GZipStream(new MemoryStream(blob, offset, blob.Length - offset), CompressionMode.Decompress));
        tar.Next();
        var toc = JsonDocument.Parse(Samples.Read(tar.Content)).RootElement;
        Assert.Equal(1, toc.GetProperty("version").GetInt32());
        return toc.GetProperty("entries");
    }

    private static Dictionary<string, byte[]> Contents(byte[] source)
    {
        var contents = new Dictionary<string, byte[]>();
        using var tar = new TarReader(new MemoryStream(source));
        while (tar.Next() is { } entry)
        {
            if (entry.Kind == TarEntryKind.File)
            {
                contents[System.Text.Encoding.UTF8.GetString(entry.Name.Span)] = Samples.Read(tar.Content);
            }
        }

        return contents;
    }

    private static long Number(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
}
