using System.IO.Compression;
using Builder.Oci;
using Builder.Testing.Http;
using Builder.Testing.Registries;
using CsCheck;

namespace Builder.Registry.Tests;

public sealed class BlobTests : RegistryTest
{
    private static readonly byte[] Content = TestImage.Noise(300_000);

    [Fact]
    public async Task A_blob_arrives_whole_and_reports_its_progress()
    {
        var told = new List<long>();
        Assert.Equal(Content, await FetchAsync(Registry.AddBlob("app", Content), new Collect(told)));
        Assert.Equal(Content.Length, told[^1]);
        Assert.Equal(told.Order(), told);
    }

    [Fact]
    public async Task An_empty_blob_is_verified_too()
    {
        Assert.Empty(await FetchAsync(Registry.AddBlob("app", [])));
        await FailsAsync(RegistryErrors.WrongContent, () => FetchAsync(new Descriptor(MediaTypes.OciLayer, Digest.OfText("x"), 0)));
    }

    [Theory]
    [InlineData(AfterCut.Close)]
    [InlineData(AfterCut.Reset)]
    public async Task Fault_01_and_02_a_broken_transfer_goes_on_where_it_was(AfterCut how)
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { CutAfter = 100_000, Then = how });
        Assert.Equal(Content, await FetchAsync(blob));
        Assert.Equal([null, "bytes=100000-"], Registry.Requests.Select(r => r["Range"]));
    }

    [Fact]
    public async Task Fault_03_a_transfer_without_length_that_ends_early_goes_on()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { Body = right.Body[..1234], WithoutLength = true });
        Assert.Equal(Content, await FetchAsync(blob));
    }

    [Fact]
    public async Task Fault_40_a_stalled_transfer_counts_as_broken()
    {
        Client = new RegistryClient(Hasty with { StallTimeout = TimeSpan.FromMilliseconds(200) });
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { CutAfter = 1000, Then = AfterCut.Stall });
        Assert.Equal(Content, await FetchAsync(blob));
        Assert.Equal("bytes=1000-", Registry.Requests[1]["Range"]);
    }

    [Theory]
    [InlineData("ignored")]
    [InlineData("refused")]
    [InlineData("another")]
    [InlineData("multipart")]
    public async Task Fault_04_to_06_a_server_without_ranges_sends_all_and_the_known_part_is_skipped(string how)
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { CutAfter = 100_000 });
        Registry.Fail(r => r["Range"] is not null, (_, right) => how switch
        {
            "ignored" => new TestResponse(200) { Body = Content },
            // As the packaged docker-registry does: the length of the blob over a short explanation.
            "refused" => TestResponse.Text(416, "range not satisfiable") with { DeclaredLength = Content.Length },
            "another" => right.With("Content-Range", $"bytes 0-{Content.Length - 1}/{Content.Length}") with { Body = Content },
            _ => TestResponse.Text(206, "--x\r\n", "multipart/byteranges; boundary=x"),
        });
        Assert.Equal(Content, await FetchAsync(blob));
        Assert.Single(Registry.Requests, r => r["Range"] is not null);
    }

    [Fact]
    public async Task A_registry_that_is_away_for_a_while_does_not_end_a_transfer_that_had_begun()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { CutAfter = 1000 });
        Registry.Fail(Blobs, (_, _) => TestResponse.HangUp, times: Hasty.Attempts + 1);
        Assert.Equal(Content, await FetchAsync(blob));
    }

    [Fact]
    public async Task However_a_transfer_breaks_the_blob_arrives_whole() =>
        await Gen.Select(Gen.Int[0, Content.Length], Gen.Int[0, 4]).List[0, Hasty.Attempts - 1].SampleAsync(
            async breaks =>
            {
                Registry.Heal();
                var blob = Registry.AddBlob("app", Content);
                foreach (var (cut, how) in breaks)
                {
                    Registry.Fail(Blobs, (_, right) => how switch
                    {
                        0 => TestResponse.HangUp,
                        1 => new TestResponse(503),
                        2 => new TestResponse(200) { Body = Content, CutAfter = cut },
                        3 => right with { Body = right.Body[..Math.Min(cut, right.Body.Length)], WithoutLength = true },
                        _ => right with { CutAfter = Math.Min(cut, right.Body.Length) },
                    });
                }

                Assert.Equal(Content, await FetchAsync(blob));
            },
            iter: 40,
            threads: 1);

    [Fact]
    public async Task A_connection_that_breaks_every_time_is_given_up()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { CutAfter = 10 }, times: 100);
        var e = await FailsAsync(RegistryErrors.ConnectionLost, () => FetchAsync(blob));
        Assert.Contains("50 of 300000 bytes", e.Message, StringComparison.Ordinal);
        Assert.Equal(Hasty.Attempts, Registry.Requests.Count);
    }

    [Fact]
    public async Task Bytes_with_another_digest_are_refused_before_the_last_of_them_is_delivered()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { Body = [.. right.Body[..^1], (byte)(right.Body[^1] ^ 1)] });
        using var written = new MemoryStream();
        var e = await FailsAsync(RegistryErrors.WrongContent, () => Client.FetchBlobAsync(Registry.Reference("app"), blob, written, null, Cancel));
        Assert.Contains(blob.Digest.ToString(), e.Message, StringComparison.Ordinal);
        Assert.True(written.Length < Content.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fault_12_a_body_longer_than_the_descriptor_says_is_refused(bool withoutLength)
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { Body = [.. right.Body, 0], WithoutLength = withoutLength });
        await FailsAsync(RegistryErrors.WrongContent, () => FetchAsync(blob));
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("x-gzip", true)]
    [InlineData("deflate", false)]
    [InlineData("br", true)]
    public async Task Fault_20_what_somebody_on_the_way_compressed_is_the_blob_again(string coding, bool withoutLength)
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right.With("Content-Encoding", coding) with { Body = Coded(coding, right.Body), WithoutLength = withoutLength });
        Assert.Equal(Content, await FetchAsync(blob));
        Assert.Equal("identity", Assert.Single(Registry.Requests)["Accept-Encoding"]);
    }

    [Fact]
    public async Task Fault_20_a_blob_that_is_only_called_compressed_is_taken_as_it_is()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right.With("Content-Encoding", "gzip"));
        Assert.Equal(Content, await FetchAsync(blob));
    }

    [Fact]
    public async Task Fault_20_a_part_of_something_compressed_is_no_part_of_the_blob()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { CutAfter = 100_000 });
        Registry.Fail(r => r["Range"] is not null, (_, right) => right.With("Content-Encoding", "gzip"));
        Assert.Equal(Content, await FetchAsync(blob));
        Assert.Equal([null, "bytes=100000-", null], Registry.Requests.Select(r => r["Range"]));
    }

    [Fact]
    public async Task Fault_20_something_else_in_compressed_form_is_refused()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right.With("Content-Encoding", "gzip") with { Body = Coded("gzip", [.. right.Body[..^1], (byte)(right.Body[^1] ^ 1)]) });
        await FailsAsync(RegistryErrors.WrongContent, () => FetchAsync(blob));
        Registry.Fail(Blobs, (_, right) => right.With("Content-Encoding", "gzip") with { Body = Coded("gzip", [.. right.Body, .. new byte[10_000_000]]) });
        await FailsAsync(RegistryErrors.WrongContent, () => FetchAsync(blob));
        Registry.Fail(Blobs, (_, right) => right.With("Content-Encoding", "gzip") with { Body = right.Body[..1000] }, times: 100);
        await FailsAsync(RegistryErrors.ConnectionLost, () => FetchAsync(blob));
    }

    [Fact]
    public async Task A_length_other_than_the_descriptors_is_refused_before_reading()
    {
        var blob = Registry.AddBlob("app", Content) with { Size = 5 };
        var e = await FailsAsync(RegistryErrors.WrongContent, () => FetchAsync(blob));
        Assert.Contains("300000 bytes, the image says 5", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_known_when_it_is_opened()
    {
        Registry.AddBlob("app", Content);
        await FailsAsync(RegistryErrors.NotFound, () => Client.OpenBlobAsync(Registry.Reference("app"), new Descriptor(MediaTypes.OciLayer, Digest.OfText("?"), 1), null, Cancel));
    }

    [Fact]
    public async Task Cancelling_ends_a_stalled_transfer_at_once()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (_, right) => right with { CutAfter = 1000, Then = AfterCut.Stall });
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var stream = await Client.OpenBlobAsync(Registry.Reference("app"), blob, null, source.Token);
        await stream.ReadExactlyAsync(new byte[1000], source.Token);
        var stalled = stream.ReadAsync(new byte[10], source.Token).AsTask();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stalled);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }

    [Fact]
    public async Task Documents_are_verified_and_bounded()
    {
        var image = TestImage.Of(new Platform("amd64", "linux"));
        Registry.AddImage("app", "1.0", image);
        Assert.Equal(image.Config, await Client.FetchDocumentAsync(Registry.Reference("app"), image.ConfigDescriptor, Cancel));
        Assert.Equal(image.Manifest, await Client.FetchDocumentAsync(Registry.Reference("app"), image.Descriptor, Cancel));

        Registry.Fail(Blobs, (_, right) => right with { Body = [.. right.Body[..^1], (byte)' '] });
        await FailsAsync(RegistryErrors.WrongContent, () => Client.FetchDocumentAsync(Registry.Reference("app"), image.ConfigDescriptor, Cancel));
        Registry.Fail(Blobs, (_, right) => right with { Body = new byte[OciJson.MaxDocumentSize + 1] });
        await FailsAsync(RegistryErrors.InvalidManifest, () => Client.FetchDocumentAsync(Registry.Reference("app"), image.ConfigDescriptor, Cancel));
    }

    private async Task<byte[]> FetchAsync(Descriptor blob, IProgress<long>? progress = null)
    {
        using var written = new MemoryStream();
        await Client.FetchBlobAsync(Registry.Reference("app"), blob, written, progress, Cancel);
        return written.ToArray();
    }

    private static byte[] Coded(string coding, byte[] content)
    {
        using var coded = new MemoryStream();
        using (Stream coder = coding switch
        {
            "br" => new BrotliStream(coded, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(coded, CompressionLevel.Fastest),
            _ => new GZipStream(coded, CompressionLevel.Fastest),
        })
        {
            coder.Write(content);
        }

        return coded.ToArray();
    }

    private sealed class Collect(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }
}
