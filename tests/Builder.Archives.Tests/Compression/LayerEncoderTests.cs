using Builder.Archives.Compression;
using Builder.Archives.Tests.Estargz;
using Builder.Oci;
using Builder.Testing;

namespace Builder.Archives.Tests.Compression;

public sealed class LayerEncoderTests
{
    public static TheoryData<LayerFormat, int?> Every => new()
    {
        { LayerFormat.Uncompressed, null },
        { LayerFormat.Gzip, null },
        { LayerFormat.Gzip, 1 },
        { LayerFormat.Gzip, 9 },
        { LayerFormat.Zstd, null },
        { LayerFormat.Zstd, 6 },
        { LayerFormat.Estargz, null },
    };

    [Theory]
    [MemberData(nameof(Every))]
    public async Task The_number_of_threads_and_the_sizes_of_writes_change_nothing(LayerFormat format, int? level)
    {
        var tar = SampleTar.Make(large: 9 * 1024 * 1024 + 17);
        var compression = new LayerCompression(format, level);
        var one = await EncodeAsync(tar, compression, threads: 1, piece: 100_000);
        var four = await EncodeAsync(tar, compression, threads: 4, piece: 7_777_777);
        Assert.Equal(one, four);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task The_content_comes_back_and_hashes_to_the_diff_id(LayerFormat format, int? level)
    {
        var tar = SampleTar.Make(large: 100_000);
        using var blob = new MemoryStream();
        var encoded = await LayerEncoder.EncodeAsync(stream => stream.Write(tar), new LayerCompression(format, level), blob, null, TestContext.Current.CancellationToken);
        var content = Samples.Read(Decompressor.Open(new MemoryStream(blob.ToArray())));
        Assert.Equal(encoded.DiffId.Digest, Digest.Of(content));
        Assert.Equal(tar, content.AsSpan(0, tar.Length));
        Assert.Equal(format == LayerFormat.Estargz, content.Length > tar.Length);
        Assert.Equal(format == LayerFormat.Estargz, encoded.Annotations.Count > 0);
    }

    [Fact]
    public async Task The_zstd_program_reads_what_several_threads_wrote()
    {
        Assert.SkipUnless(ExternalTool.Exists("zstd"), "zstd is not installed");
        var tar = SampleTar.Make(large: 9 * 1024 * 1024);
        Assert.Equal(tar, ExternalTool.Run("zstd", ["-dc"], await EncodeAsync(tar, new LayerCompression(LayerFormat.Zstd), threads: 3, piece: int.MaxValue)));
    }

    [Theory]
    [InlineData(LayerFormat.Gzip)]
    [InlineData(LayerFormat.Estargz)]
    public async Task A_tar_that_cannot_be_written_is_no_layer(LayerFormat format)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => LayerEncoder.EncodeAsync(
            stream =>
            {
                stream.Write(SampleTar.Make(large: 3_000_000).AsSpan(0, 2_000_000));
                throw new IOException("the source is gone");
            },
            new LayerCompression(format),
            Stream.Null,
            null,
            TestContext.Current.CancellationToken));
        Assert.Equal("the source is gone", error.Message);
    }

    [Theory]
    [InlineData("gzip", 9, null)]
    [InlineData("zstd", 22, null)]
    [InlineData("none", null, null)]
    [InlineData("estargz", 1, null)]
    [InlineData("gzip", 10, "1 to 9")]
    [InlineData("zstd", 0, "1 to 22")]
    [InlineData("uncompressed", 1, "no compression level")]
    [InlineData("brotli", null, "unknown compression 'brotli'")]
    public void A_name_and_a_level_are_a_compression_or_a_problem(string name, int? level, string? problem)
    {
        var compression = LayerCompression.TryParse(name, level, out var found);
        Assert.Equal(problem is null, compression is not null);
        Assert.Contains(problem ?? "", found ?? "", StringComparison.Ordinal);
    }

    internal static async Task<byte[]> EncodeAsync(byte[] tar, LayerCompression compression, int threads, int piece)
    {
        using var blob = new MemoryStream();
        await LayerEncoder.EncodeAsync(
            stream =>
            {
                for (var at = 0; at < tar.Length; at += Math.Min(piece, tar.Length - at))
                {
                    stream.Write(tar.AsSpan(at, Math.Min(piece, tar.Length - at)));
                }
            },
            compression,
            blob,
            threads,
            TestContext.Current.CancellationToken);
        return blob.ToArray();
    }
}
