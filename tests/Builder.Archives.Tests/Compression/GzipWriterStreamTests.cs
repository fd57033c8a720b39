using System.IO.Compression;
using Builder.Archives.Compression;
using Builder.Testing;
using CsCheck;

namespace Builder.Archives.Tests.Compression;

public sealed class GzipWriterStreamTests
{
    private const int Chunk = GzipWriterStream.ChunkSize;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData((5 * Chunk) + 12345)]
    public void Gzip_and_the_framework_read_what_is_written(int length)
    {
        var content = Samples.Text(length);
        var compressed = Compress(content);

        using var framework = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var read = new MemoryStream();
        framework.CopyTo(read);
        Assert.Equal(content, read.ToArray());
        Assert.SkipUnless(ExternalTool.Exists("gzip"), "gzip is not installed");
        Assert.Equal(content, ExternalTool.Run("gzip", ["-dc"], compressed));
    }

    [Fact]
    public void Text_with_noise_in_it_is_read_back()
    {
        var noise = new byte[100_000];
        new Random(3).NextBytes(noise);
        byte[] content = [.. Enumerable.Range(0, 12).SelectMany(i => Samples.Text(60_000 + i).Concat(noise).Concat(noise.Reverse().Take(i * 5000)))];
        var compressed = Compress(content);

        Assert.Equal(content, Samples.Read(Decompressor.Open(new MemoryStream(compressed))));
        Assert.SkipUnless(ExternalTool.Exists("gzip"), "gzip is not installed");
        Assert.Equal(content, ExternalTool.Run("gzip", ["-dc"], compressed));
    }

    [Fact]
    public void The_output_depends_neither_on_threads_nor_on_the_sizes_of_writes()
    {
        var content = Samples.Text((3 * Chunk) + 77);
        var expected = Compress(content, parallelism: 1);

        Gen.Select(Gen.Int[1, 8], Gen.Int[1000, 2_000_000]).Sample(
            (threads, piece) => Assert.Equal(expected, Compress(content, threads, piece)),
            iter: 6);
    }

    [Fact]
    public void The_header_says_nothing_of_time_or_machine()
    {
        Assert.Equal("1F8B08000000000000FF03000000000000000000", Convert.ToHexString(Compress([])));
    }

    [Fact]
    public void Random_bytes_grow_hardly()
    {
        var content = new byte[2 * Chunk];
        new Random(7).NextBytes(content);
        var compressed = Compress(content);
        Assert.InRange(compressed.Length, content.Length, content.Length + 2000);
        Assert.Equal(content, Samples.Read(Decompressor.Open(new MemoryStream(compressed))));
    }

    [Fact]
    public void A_destination_that_fails_is_left_without_an_end()
    {
        using var destination = new FailingOnce();
        var gzip = new GzipWriterStream(destination, parallelism: 1);
        Assert.Throws<IOException>(() => gzip.Write(Samples.Text(3 * Chunk)));
        gzip.Dispose();
        Assert.Equal(10, destination.Written);
    }

    private static byte[] Compress(byte[] content, int? parallelism = null, int piece = int.MaxValue)
    {
        using var output = new MemoryStream();
        using (var gzip = new GzipWriterStream(output, parallelism: parallelism))
        {
            for (var at = 0; at < content.Length; at += Math.Min(piece, content.Length - at))
            {
                gzip.Write(content.AsSpan(at, Math.Min(piece, content.Length - at)));
            }
        }

        return output.ToArray();
    }

    private sealed class FailingOnce : WriteOnlyStream
    {
        private int writes;

        public int Written { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (++writes == 2)
            {
                throw new IOException("the disk is full");
            }

            Written += buffer.Length;
        }
    }
}
