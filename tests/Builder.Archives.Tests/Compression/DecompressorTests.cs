using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Testing;
using CsCheck;

namespace Builder.Archives.Tests.Compression;

public sealed class DecompressorTests
{
    private static readonly byte[] Content = Samples.Text(50_000);

    public static TheoryData<string, CompressionKind> Tools => new()
    {
        { "gzip", CompressionKind.Gzip },
        { "zstd", CompressionKind.Zstd },
        { "xz", CompressionKind.Xz },
        { "bzip2", CompressionKind.Bzip2 },
    };

    [Theory]
    [MemberData(nameof(Tools))]
    public void What_a_tool_compressed_is_recognised_and_read(string tool, CompressionKind kind)
    {
        var compressed = Compress(tool, Content);
        using var stream = Decompressor.Open(new Trickle(compressed), null, out var found);
        Assert.Equal(kind, found);
        Assert.Equal(Content, Samples.Read(stream));
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void Several_members_in_a_row_are_one_content(string tool, CompressionKind kind)
    {
        Assert.NotEqual(CompressionKind.None, kind);
        byte[] compressed = [.. Compress(tool, Content), .. Compress(tool, []), .. Compress(tool, "the end"u8.ToArray())];
        Assert.Equal([.. Content, .. "the end"u8], Samples.Read(Decompressor.Open(new MemoryStream(compressed))));
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void Truncated_data_is_refused_wherever_it_ends(string tool, CompressionKind kind)
    {
        Assert.NotEqual(CompressionKind.None, kind);
        var compressed = Compress(tool, Content[..5000]);
        for (var length = Sniffer.Length; length < compressed.Length; length += 1 + (length / 20))
        {
            var error = Assert.Throws<BuilderException>(() => Samples.Read(Decompressor.Open(new MemoryStream(compressed[..length]))));
            Assert.Equal(ArchiveErrors.InvalidCompression, error.Code);
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void Damaged_data_never_breaks_the_reader(string tool, CompressionKind kind)
    {
        Assert.NotEqual(CompressionKind.None, kind);
        var compressed = Compress(tool, Content[..3000]);
        Gen.Select(Gen.Int[Sniffer.Length, compressed.Length - 1], Gen.Byte[1, 255]).Sample(
            (at, change) =>
            {
                var damaged = compressed.ToArray();
                damaged[at] ^= change;
                try
                {
                    Samples.Read(Decompressor.Open(new MemoryStream(damaged), maxOutput: 1_000_000));
                }
                catch (BuilderException)
                {
                }
            },
            iter: 300);
    }

    [Fact]
    public void A_bomb_is_stopped_at_the_limit()
    {
        var bomb = Compress("gzip", new byte[10_000_000]);
        var error = Assert.Throws<BuilderException>(() => Samples.Read(Decompressor.Open(new MemoryStream(bomb), maxOutput: 9_999_999)));
        Assert.Equal("the decompressed content has more than the 9999999 bytes allowed", error.Message);
        Assert.Equal(10_000_000, Samples.Read(Decompressor.Open(new MemoryStream(bomb), maxOutput: 10_000_000)).Length);
    }

    [Fact]
    public void Zeros_after_gzip_are_ignored()
    {
        Assert.Equal(Content, Samples.Read(Decompressor.Open(new MemoryStream([.. Compress("gzip", Content), .. new byte[700]]))));
    }

    [Fact]
    public void Anything_else_is_itself()
    {
        Gen.Byte[0, 10].Array[0, 20].Sample(bytes => Assert.Equal(bytes, Samples.Read(Decompressor.Open(new MemoryStream(bytes)))));
    }

    [Fact]
    public void A_skippable_frame_may_come_before_zstd()
    {
        byte[] frame = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        Assert.Equal(Content, Samples.Read(Decompressor.Open(new MemoryStream([.. frame, .. Compress("zstd", Content)]))));
    }

    [Fact]
    public void A_failing_source_is_not_taken_for_damaged_data()
    {
        var compressed = Compress("gzip", Content);
        Assert.Throws<IOException>(() => Samples.Read(Decompressor.Open(new Trickle(compressed[..500], new IOException("connection reset")))));
    }

    [Fact]
    public void The_zstd_tool_reads_what_is_written()
    {
        Assert.SkipUnless(ExternalTool.Exists("zstd"), "zstd is not installed");
        using var output = new MemoryStream();
        using (var zstd = ZstdCompressor.Open(output))
        {
            zstd.Write(Content);
        }

        Assert.Equal(Content, ExternalTool.Run("zstd", ["-dc"], output.ToArray()));
        Assert.Equal(Content, Samples.Read(Decompressor.Open(new MemoryStream(output.ToArray()))));
    }

    private static byte[] Compress(string tool, byte[] content)
    {
        Assert.SkipUnless(ExternalTool.Exists(tool), $"{tool} is not installed");
        return ExternalTool.Run(tool, ["-c"], content);
    }

    /// <summary>Gives one to seven bytes at a time, as sockets may, and can end in an error.</summary>
    private sealed class Trickle(byte[] bytes, Exception? end = null) : ReadOnlyStream
    {
        private int position;

        public override int Read(Span<byte> buffer)
        {
            if (position == bytes.Length && end is not null)
            {
                throw end;
            }

            var count = Math.Min(Math.Min(buffer.Length, 1 + (position % 7)), bytes.Length - position);
            bytes.AsSpan(position, count).CopyTo(buffer);
            position += count;
            return count;
        }
    }
}
