using System.Globalization;
using Builder.Oci;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

/// <summary>Blobs that come in ranges, over bad lines, and over several runs of a program.</summary>
public sealed class DownloadTests : RegistryTest
{
    private const int Mebibyte = 1 << 20;
    private static readonly byte[] Content = TestImage.Noise(300_000);
    private static readonly RegistryOptions Ranged = Hasty with { RangesFrom = 100_000, RangeSize = 50_000, RangesAtOnce = 3 };

    [Fact]
    public async Task A_big_blob_comes_in_ranges_each_byte_once()
    {
        Client = new RegistryClient(Ranged);
        var target = new MemoryTarget(Content.Length);
        await Client.FetchBlobAsync(Registry.Reference("app"), Registry.AddBlob("app", Content), target, null, Cancel);
        Assert.Equal(Content, target.Bytes);
        Assert.Equal(Content.Length, target.Written);
        Assert.Equal(6, Registry.Requests.Count);
        Assert.All(Registry.Requests, request => Assert.NotNull(request["Range"]));
    }

    [Fact]
    public async Task A_server_without_ranges_sends_a_big_blob_in_one_piece()
    {
        Client = new RegistryClient(Ranged);
        var target = new MemoryTarget(Content.Length);
        Registry.Fail(Blobs, (_, _) => new TestResponse(200) { Body = Content }, times: 100);
        await Client.FetchBlobAsync(Registry.Reference("app"), Registry.AddBlob("app", Content), target, null, Cancel);
        Assert.Equal(Content, target.Bytes);
        Assert.InRange(Registry.Requests.Count, 1, 2);
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_not_fetched_again()
    {
        var blob = Registry.AddBlob("app", Content);
        var target = new MemoryTarget(Content.Length);
        target.Write(0, Content.AsSpan(0, 100_000));
        target.Write(200_000, Content.AsSpan(200_000, 50_000));
        target.Written = 0;
        await Client.FetchBlobAsync(Registry.Reference("app"), blob, target, null, Cancel);
        Assert.Equal(Content, target.Bytes);
        Assert.Equal(150_000, target.Written);
        Assert.Equal(["bytes=100000-199999", "bytes=250000-"], Registry.Requests.Select(r => r["Range"]).Order());
    }

    [Fact]
    public async Task Fault_50_a_damaged_rest_of_an_earlier_run_is_thrown_away_and_fetched_anew()
    {
        var blob = Registry.AddBlob("app", Content);
        var target = new MemoryTarget(Content.Length);
        target.Write(0, new byte[100_000]);
        await Client.FetchBlobAsync(Registry.Reference("app"), blob, target, null, Cancel);
        Assert.Equal(Content, target.Bytes);
        Assert.Equal(2, Registry.Requests.Count);
    }

    [Fact]
    public async Task Fault_50_a_full_disk_is_told_at_once_and_the_next_run_goes_on()
    {
        var blob = Registry.AddBlob("app", Content);
        var target = new MemoryTarget(Content.Length) { FullAt = 200_000 };
        var full = await Assert.ThrowsAsync<IOException>(() => Client.FetchBlobAsync(Registry.Reference("app"), blob, target, null, Cancel));
        Assert.Equal("no space", full.Message);
        Assert.Single(Registry.Requests);
        target.FullAt = null;
        await Client.FetchBlobAsync(Registry.Reference("app"), blob, target, null, Cancel);
        Assert.Equal(Content, target.Bytes);
        Assert.Equal(Content.Length, target.Written);
    }

    [Fact]
    public async Task Fault_11_wrong_bytes_are_asked_for_once_more_and_no_more()
    {
        var blob = Registry.AddBlob("app", Content);
        var target = new MemoryTarget(Content.Length);
        Registry.Fail(Blobs, Spoil);
        await Client.FetchBlobAsync(Registry.Reference("app"), blob, target, null, Cancel);
        Assert.Equal(Content, target.Bytes);
        Assert.Equal(2, Registry.Requests.Count);

        Registry.Fail(Blobs, Spoil, times: 100);
        var e = await FailsAsync(RegistryErrors.WrongContent, () => Client.FetchBlobAsync(Registry.Reference("app"), blob, new MemoryTarget(Content.Length), null, Cancel));
        Assert.Contains(blob.Digest.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Equal(Registry.Authority, e.Host);
        Assert.Equal(4, Registry.Requests.Count);

        static TestResponse Spoil(TestRequest request, TestResponse right) => right with { Body = [.. right.Body[..^1], (byte)(right.Body[^1] ^ 1)] };
    }

    /// <summary>The size is 24 MiB with a cut every 3 MiB, or what BUILDER_BIG_PULL says in MiB with a cut every sixteenth.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_line_that_is_cut_again_and_again_brings_each_byte_once(int rangesAtOnce)
    {
        var size = int.TryParse(Environment.GetEnvironmentVariable("BUILDER_BIG_PULL"), CultureInfo.InvariantCulture, out var given) ? given * Mebibyte : 24 * Mebibyte;
        var content = TestImage.Noise(size);
        var blob = Registry.AddBlob("app", content);
        await using var proxy = new TcpProxy(Registry.Authority) { CutAfter = Math.Max(size / 16, 3 * Mebibyte) };
        Client = new RegistryClient(Hasty with { RangesFrom = 8 * Mebibyte, RangeSize = 8 * Mebibyte, RangesAtOnce = rangesAtOnce });
        var target = new MemoryTarget(size);
        await Client.FetchBlobAsync(ImageReference.Parse($"{proxy.Authority}/app"), blob, target, null, Cancel);
        Assert.True(content.AsSpan().SequenceEqual(target.Bytes));
        Assert.Equal(size, target.Written);
        Assert.True(proxy.Connections > 4, $"{proxy.Connections} connections");

        // What the client asked for follows from what it had: heads are small, and no range overlaps another one.
        Assert.True(proxy.Delivered < size + (proxy.Connections * 2 * 1024), $"{proxy.Delivered} of {size} bytes");
    }

    [Fact]
    public async Task A_line_that_falls_silent_or_lies_is_survived()
    {
        var blob = Registry.AddBlob("app", Content);
        await using var proxy = new TcpProxy(Registry.Authority) { StallAfter = 100_000 };
        Client = new RegistryClient(Hasty with { StallTimeout = TimeSpan.FromMilliseconds(300) });
        var target = new MemoryTarget(Content.Length);
        await Client.FetchBlobAsync(ImageReference.Parse($"{proxy.Authority}/app"), blob, target, null, Cancel);
        Assert.Equal(Content, target.Bytes);

        await using var liar = new TcpProxy(Registry.Authority) { CorruptAt = 200_000 };
        target = new MemoryTarget(Content.Length);
        await Client.FetchBlobAsync(ImageReference.Parse($"{liar.Authority}/app"), blob, target, null, Cancel);
        Assert.Equal(Content, target.Bytes);
    }

    private sealed class MemoryTarget(int size) : IBlobTarget
    {
        private readonly Lock gate = new();
        private readonly bool[] present = new bool[size];

        public byte[] Bytes { get; } = new byte[size];

        public long Written { get; set; }

        /// <summary>From which byte on nothing more can be kept; null for never.</summary>
        public long? FullAt { get; set; }

        public IReadOnlyList<ByteRange> Missing
        {
            get
            {
                var gaps = new List<ByteRange>();
                for (var i = 0; i < present.Length;)
                {
                    var end = Array.IndexOf(present, true, i);
                    end = end < 0 ? present.Length : end;
                    if (end > i)
                    {
                        gaps.Add(new ByteRange(i, end));
                    }

                    i = end == present.Length ? end : Array.IndexOf(present, false, end) is var next && next < 0 ? present.Length : next;
                }

                return gaps;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (offset + bytes.Length > FullAt)
            {
                throw new IOException("no space");
            }

            lock (gate)
            {
                bytes.CopyTo(Bytes.AsSpan((int)offset));
                present.AsSpan((int)offset, bytes.Length).Fill(true);
                Written += bytes.Length;
            }
        }

        public Digest Hash(CancellationToken cancellationToken) => Digest.Of(Bytes);

        public void Reset() => Array.Clear(present);
    }
}
