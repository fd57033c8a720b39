using Builder.Archives.Compression;

namespace Builder.Archives.Tests.Compression;

public sealed class NoiseFinderTests
{
    private const int Block = 8 * 1024;

    [Fact]
    public void Noise_between_text_is_found_to_the_block()
    {
        byte[] content = [.. Samples.Text(3 * Block), .. Noise(6 * Block), .. Samples.Text((2 * Block) + 100)];
        Assert.Equal([(..(3 * Block), false), ((3 * Block)..(9 * Block), true), ((9 * Block)..content.Length, false)], NoiseFinder.Cut(content));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(Block, 1)]
    [InlineData(2 * Block, 1)]
    [InlineData((2 * Block) + 1, 2)]
    public void Stretches_leave_no_gap_whatever_the_length(int length, int count)
    {
        var stretches = NoiseFinder.Cut(Noise(length));
        Assert.Equal(count, stretches.Count);
        Assert.Equal(length, stretches.Sum(s => s.Stretch.GetOffsetAndLength(length).Length));
    }

    /// <summary>Byte values as even as those of noise, and yet deflate makes little of them.</summary>
    [Theory]
    [InlineData("counting")]
    [InlineData("the same block again")]
    [InlineData("the same record again, among others")]
    public void What_repeats_is_no_noise(string what)
    {
        var noise = Noise(16 * Block);
        byte[] content = what switch
        {
            "counting" => [.. Enumerable.Range(0, 16 * Block).Select(i => (byte)i)],
            "the same block again" => [.. Enumerable.Repeat(noise[..Block], 16).SelectMany(b => b)],
            _ => [.. Enumerable.Range(0, 16 * Block / 64).SelectMany(i => noise[..8].Concat(noise[(i * 56)..((i + 1) * 56)]))],
        };

        // Only what comes first may be taken for noise, for want of anything before it.
        Assert.All(NoiseFinder.Cut(content).Where(s => s.IsNoise), s => Assert.True(s.Stretch.Start.Value == 0 && s.Stretch.End.Value <= 2 * Block));
    }

    [Fact]
    public void Noise_among_text_costs_no_size_and_is_read_back()
    {
        byte[] content = [.. Enumerable.Range(0, 20).SelectMany(i => Samples.Text(50_000 + i).Concat(Noise(70_000 + i)))];
        using var chunk = GzipChunk.Compress(content, 6);
        using var plain = new MemoryStream();
        using (var gzip = FrameworkGzip.OpenWriter(plain, 6))
        {
            gzip.Write(content);
        }

        Assert.InRange(chunk.Deflated.Length, 0, plain.Length * 1.01);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
