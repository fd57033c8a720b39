using Builder.Oci;
using Builder.Registry.Push;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests.Push;

/// <summary>Blobs going up. The numbers are those of the catalogue of faults (spec/registry.md, "Faults").</summary>
public sealed class BlobPushTests : PushTest
{
    [Fact]
    public async Task A_blob_goes_up_in_one_piece()
    {
        var pushed = await PushAsync();
        Assert.Equal(new PushedBlob(Layer, BlobFate.Sent, Content.Length), pushed);
        Assert.Equal("HEAD POST PUT", Methods);
        Assert.Equal("/v2/app/blobs/uploads/", Registry.Requests[1].Target);
        AssertStored();
    }

    [Fact]
    public async Task A_blob_that_is_there_is_not_sent()
    {
        Registry.AddBlob("app", Content);
        var pushed = await PushAsync("other");
        Assert.Equal(new PushedBlob(Layer, BlobFate.Existed, 0), pushed);
        Assert.Equal("HEAD", Methods);
    }

    [Fact]
    public async Task A_blob_of_another_repository_is_mounted()
    {
        Registry.AddBlob("base", Content);
        var pushed = await PushAsync("base");
        Assert.Equal(new PushedBlob(Layer, BlobFate.Mounted, 0), pushed);
        Assert.Equal("HEAD POST", Methods);
        AssertStored();
    }

    [Fact]
    public async Task A_layer_of_unknown_digest_streams_into_the_upload_and_is_named_at_the_end()
    {
        var source = new Unfinished(Content);
        var pushed = await Client.PushBlobAsync(App, source, null, null, Cancel);
        Assert.Equal(new PushedBlob(Layer, BlobFate.Sent, Content.Length), pushed);
        Assert.Equal("POST PATCH PUT", Methods);
        Assert.Equal("chunked", Registry.Requests[1]["Transfer-Encoding"]);
        Assert.Equal("100-continue", Registry.Requests[1]["Expect"]);
        Assert.Equal(1, source.Openings);
        AssertStored();
    }

    [Fact]
    public async Task Fault_08_a_passing_failure_of_the_upload_is_not_noticed()
    {
        Registry.Fail(Posts, (_, _) => new TestResponse(503), times: 2);
        await PushAsync();
        AssertStored();
    }

    [Fact]
    public async Task Fault_23_a_401_in_the_middle_is_answered_and_the_body_begins_again()
    {
        Registry.Tokens = new TestTokens(TimeProvider.System);
        await PushAsync();
        var big = TestImage.Noise(3_000_000, 5);
        var blob = new Descriptor(MediaTypes.OciLayer, Digest.Of(big), big.Length);
        Registry.Fail(Posts, (_, answer) => Forget(answer), times: 2);
        await Client.PushBlobAsync(App, BlobSource.Of(blob, big), null, null, Cancel);
        Assert.Equal(big, Registry.Blob("app", blob.Digest));

        // The body was asked for first, so the 401 cost no transfer.
        var puts = Registry.Requests.Where(r => r.Method == "PUT" && r.Target.Contains(blob.Digest.Hex, StringComparison.Ordinal)).ToList();
        Assert.Equal([0, big.Length], puts.Select(r => r.Body.Length));
        Assert.True(puts[0].BodyWasRefused);

        TestResponse Forget(TestResponse answer)
        {
            if (answer.Status == 202)
            {
                Registry.Tokens.Revoke();
            }

            return answer;
        }
    }

    [Theory]
    [InlineData("BLOB_UPLOAD_UNKNOWN", 404)]
    [InlineData("BLOB_UPLOAD_INVALID", 400)]
    public async Task Fault_29_a_lost_upload_begins_again(string code, int status)
    {
        Registry.Fail(Puts, (_, _) => TestRegistry.Error(status, code, "gone"), times: 2);
        await PushAsync();
        Assert.Equal("HEAD POST PUT POST PUT POST PUT", Methods);
    }

    [Fact]
    public async Task Fault_29_an_upload_that_is_lost_again_and_again_is_given_up()
    {
        Registry.Fail(Puts, (_, _) => TestRegistry.Error(404, "BLOB_UPLOAD_UNKNOWN", "gone"), times: 100);
        var e = await FailsAsync(RegistryErrors.NotFound, () => PushAsync());
        Assert.StartsWith($"pushing blob {Layer.Digest} to {Registry.Authority}/app: {Registry.Authority} answers 404: BLOB_UPLOAD_UNKNOWN: gone", e.Message, StringComparison.Ordinal);
        Assert.Equal(4, Registry.Requests.Count(Posts));
    }

    [Fact]
    public async Task Fault_30_an_upload_that_broke_goes_on_where_the_registry_says_it_was()
    {
        Registry.InterruptUpload(after: 100_000);
        Registry.InterruptUpload(after: 50_000);
        var pushed = await Client.PushBlobAsync(App, new Unfinished(Content), null, null, Cancel);
        Assert.Equal(Layer, pushed.Blob);
        Assert.Equal("POST PATCH GET PATCH GET PATCH PUT", Methods);
        Assert.Equal([300_000, 200_000, 150_000], Registry.Requests.Where(Patches).Select(r => r.Body.Length));
        AssertStored();
    }

    [Fact]
    public async Task Fault_30_an_upload_that_cannot_go_on_begins_again_in_pieces()
    {
        Registry.ResumesUploads = false;
        Registry.InterruptUpload(after: 150_000);
        await PushAsync();
        AssertStored();
        Assert.Equal(1, Registry.Requests.Count(Puts.And(r => r.Body.Length > 0)));
        Assert.All(Registry.Requests.Where(Patches), r => Assert.Equal("close", r["Connection"]));
        Assert.Equal([150_000, 150_000], Registry.Requests.Where(Patches).Select(r => r.Body.Length));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0-0")]
    [InlineData("0-65535")]
    public async Task Fault_31_a_count_that_is_missing_or_frozen_is_not_believed(string? range)
    {
        Registry.LargestBody = 70_000;
        Registry.Fail(r => r.Method is "PATCH", (_, answer) => Falsify(answer), times: 100);
        Registry.Fail(r => r.Method == "GET", (_, _) => new TestResponse(404), times: 100);
        await PushAsync();
        AssertStored();

        TestResponse Falsify(TestResponse answer) => answer.Status != 202 ? answer : answer with
        {
            Headers = [.. answer.Headers.Where(h => h.Name != "Range"), .. range is null ? Array.Empty<(string, string)>() : [("Range", range)]],
        };
    }

    [Fact]
    public async Task Fault_31_of_a_piece_that_was_kept_in_part_the_rest_is_sent()
    {
        Registry.LargestBody = 100_000;
        Registry.InterruptUpload(after: 30_000);
        await PushAsync();
        AssertStored();
        Assert.Contains(Registry.Requests.Where(Patches), r => r["Content-Range"]!.StartsWith("30000-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fault_32_a_registry_that_claims_more_than_it_was_sent_begins_again()
    {
        Registry.InterruptUpload(after: 1000);
        Registry.Fail(r => r.Method == "GET", (_, answer) => answer.With("Range", "0-999999"));
        await Client.PushBlobAsync(App, new Unfinished(Content), null, null, Cancel);
        AssertStored();
        Assert.Equal(2, Registry.Requests.Count(Posts));
    }

    [Fact]
    public async Task Fault_33_a_piece_out_of_step_is_aligned_with_what_the_registry_has()
    {
        Registry.LargestBody = 100_000;
        var spoiled = false;
        Registry.Fail(r => r.Method == "PATCH" && r.Body.Length <= 100_000, (_, answer) =>
        {
            // Taken, and then said to be out of step: the registry is further than we are told.
            spoiled = true;
            return answer with { Status = 416 };
        });
        await PushAsync();
        Assert.True(spoiled);
        AssertStored();
    }

    [Fact]
    public async Task Fault_33_too_large_a_range_makes_the_pieces_smaller()
    {
        Registry.LargestBody = 200_000;
        Registry.Fail(r => r.Method == "PATCH" && r.Body.Length > 80_000, (_, _) => TestRegistry.Error(416, "UNKNOWN", "request body too large, the maximum is 80000"), times: 100);
        await PushAsync();
        AssertStored();
    }

    [Fact]
    public async Task Fault_34_a_registry_that_limits_bodies_gets_pieces_and_is_remembered()
    {
        Registry.LargestBody = 100_000;
        await PushAsync();
        AssertStored();
        Assert.All(Registry.Requests.Where(r => r.Method == "PATCH").TakeLast(3), r => Assert.InRange(r.Body.Length, 1, 100_000));
        var before = Registry.Requests.Count;
        var second = TestImage.Noise(90_000, 9);
        await Client.PushBlobAsync(App, BlobSource.Of(new Descriptor(MediaTypes.OciLayer, Digest.Of(second), second.Length), second), null, null, Cancel);
        Assert.DoesNotContain(Registry.Requests.Skip(before), r => r.Method == "PUT" && r.Body.Length > 0);
    }

    [Theory]
    [InlineData(405, "")]
    [InlineData(400, "UNSUPPORTED")]
    [InlineData(411, "")]
    [InlineData(501, "")]
    public async Task Fault_34_a_registry_that_takes_no_whole_blob_gets_a_stream(int status, string code)
    {
        Registry.Fail(Puts.And(r => r.Body.Length > 0), (_, _) => code.Length == 0 ? new TestResponse(status) : TestRegistry.Error(status, code, "no"), times: 100);
        await PushAsync();
        AssertStored();
        Assert.Equal("HEAD POST PUT POST PATCH PUT", Methods);
    }

    [Fact]
    public async Task Fault_34_the_smallest_piece_is_respected()
    {
        Registry.SmallestPiece = 9_000_000;
        Registry.Fail(Puts.And(r => r.Body.Length > 0), (_, _) => new TestResponse(405), times: 100);
        Registry.Fail(Patches.And(r => r["Content-Range"] is null), (_, _) => new TestResponse(405), times: 100);
        var big = TestImage.Noise(10_000_000);
        var blob = new Descriptor(MediaTypes.OciLayer, Digest.Of(big), big.Length);
        await Client.PushBlobAsync(App, BlobSource.Of(blob, big), null, null, Cancel);
        Assert.Equal([9_000_000, 1_000_000], Registry.Requests.Where(Patches.And(r => r["Content-Range"] is not null)).Select(r => r.Body.Length));
    }

    [Theory]
    [InlineData("http://{A}{0}?_state=a%7Eb%2Dc")]
    [InlineData("{0}?_state=a%7Eb%2Dc")]
    [InlineData("{A}{0}?_state=a%7Eb%2Dc")]
    [InlineData("//{A}{0}?_state=a%7Eb%2Dc")]
    public async Task Fault_35_a_location_is_followed_in_every_form_and_to_the_letter(string form)
    {
        Registry.UploadLocation = form.Replace("{A}", Registry.Authority, StringComparison.Ordinal);
        await PushAsync();
        AssertStored();
        Assert.EndsWith($"?_state=a%7Eb%2Dc&digest={Layer.Digest}", Registry.Requests.Single(Puts).Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(202)]
    public async Task Fault_36_another_success_is_verified_with_a_head(int status)
    {
        Registry.Fail(Puts, (_, answer) => answer with { Status = status, Body = [] });
        await PushAsync();
        Assert.Equal("HEAD POST PUT HEAD", Methods);
    }

    [Fact]
    public async Task Fault_37_a_lost_answer_is_not_a_lost_blob()
    {
        Registry.Fail(Puts, (_, _) => TestResponse.HangUp);
        var pushed = await PushAsync();
        Assert.Equal(BlobFate.Sent, pushed.Fate);
        Assert.Equal("HEAD POST PUT HEAD", Methods);
    }

    [Theory]
    [InlineData(202)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(405)]
    [InlineData(500)]
    public async Task Fault_39_what_is_not_mounted_is_sent(int status)
    {
        if (status != 202)
        {
            Registry.Fail(r => r.Target.Contains("mount=", StringComparison.Ordinal), (_, _) => TestRegistry.Error(status, "UNSUPPORTED", "no"), times: 100);
        }

        await PushAsync("elsewhere");
        AssertStored();
        var mounts = Registry.Requests.Count(r => r.Target.Contains("mount=", StringComparison.Ordinal));
        var other = TestImage.Noise(10, 3);
        await Client.PushBlobAsync(App, BlobSource.Of(new Descriptor(MediaTypes.OciLayer, Digest.Of(other), 10), other), "elsewhere", null, Cancel);
        var again = Registry.Requests.Count(r => r.Target.Contains("mount=", StringComparison.Ordinal)) - mounts;
        Assert.Equal(status is 400 or 405 or 500 ? 0 : 1, again);
    }

    [Fact]
    public async Task Fault_48_two_that_push_the_same_blob_at_once_do_not_disturb_each_other()
    {
        using var other = new RegistryClient(Hasty);
        var pushed = await Task.WhenAll(PushAsync(), other.PushBlobAsync(App, BlobSource.Of(Layer, Content), null, null, Cancel));
        AssertStored();
        Assert.All(pushed, blob => Assert.Equal(Layer, blob.Blob));
    }

    [Fact]
    public async Task Fault_40_the_wait_for_an_answer_does_not_time_the_upload()
    {
        using var client = new RegistryClient(Hasty with { ResponseTimeout = TimeSpan.FromMilliseconds(400) });
        var pushed = await client.PushBlobAsync(App, new Slow(Content, TimeSpan.FromMilliseconds(60), pieces: 20), null, null, Cancel);
        Assert.Equal(Layer, pushed.Blob);
        Assert.Equal(1, Registry.Requests.Count(Patches));
    }

    [Fact]
    public async Task Fault_47_a_read_only_registry_is_told_at_once()
    {
        Registry.Fail(Posts, (_, _) => TestRegistry.Error(405, "UNSUPPORTED", "the registry is in maintenance mode").With("X-Request-Id", "abc-1"), times: 100);
        var e = await FailsAsync(RegistryErrors.ReadOnly, () => PushAsync());
        Assert.Equal(
            $"pushing blob {Layer.Digest} to {Registry.Authority}/app: {Registry.Authority} answers 405: UNSUPPORTED: the registry is in maintenance mode (request id abc-1)",
            e.Message);
        Assert.Contains("read-only", e.Hint, StringComparison.Ordinal);
        Assert.Equal("HEAD POST", Methods);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(507)]
    [InlineData(429)]
    public async Task Fault_47_who_may_not_push_is_told_why(int status)
    {
        Registry.Fail(Posts, (_, _) => TestRegistry.Error(status, "DENIED", "not here").With("Retry-After", "90000"), times: 100);
        var expected = status switch { 401 => RegistryErrors.Unauthorized, 403 => RegistryErrors.Denied, 429 => RegistryErrors.TooManyRequests, _ => RegistryErrors.NoRoom };
        var e = await FailsAsync(expected, () => PushAsync());
        Assert.NotNull(e.Hint);
    }

    [Fact]
    public async Task Fault_11_a_registry_that_keeps_something_else_is_found_out()
    {
        Registry.Fail(Puts, (_, answer) => answer.With("Docker-Content-Digest", Digest.Of([1]).ToString()), times: 100);
        var e = await FailsAsync(RegistryErrors.WrongContent, () => PushAsync());
        Assert.Contains("has stored sha256:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_fails_is_not_taken_for_the_network()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Client.PushBlobAsync(App, new Failing(), null, null, Cancel));
        Assert.DoesNotContain(Registry.Requests, r => r.Method == "PUT");
        Assert.Equal(1, Registry.Requests.Count(Posts));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_is_cut_again_and_again_brings_everything(bool known)
    {
        var big = TestImage.Noise(6_000_000);
        var blob = new Descriptor(MediaTypes.OciLayer, Digest.Of(big), big.Length);
        await using var proxy = new CuttingProxy(Registry.Authority, 700_000);
        var app = ImageReference.Parse($"{proxy.Authority}/app");
        var pushed = await Client.PushBlobAsync(app, known ? BlobSource.Of(blob, big) : new Unfinished(big), null, null, Cancel);
        Assert.Equal(blob, pushed.Blob);
        Assert.Equal(big, Registry.Blob("app", blob.Digest));
        Assert.True(proxy.Cuts > 0);

        // The lessons cost some connections' worth; what the registry has acknowledged is not sent again.
        Assert.InRange(proxy.BytesToServer, big.Length, big.Length + 4_000_000);
        Assert.Equal(big.Length, Registry.Requests.Sum(request => request.Body.Length));
    }

    private sealed class Slow(byte[] content, TimeSpan pause, int pieces) : BlobSource
    {
        public override Descriptor? Descriptor => null;

        public override Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken) =>
            Task.FromResult<Stream>(new SlowStream(content, pause, content.Length / pieces));

        public override Descriptor Finished() => new(MediaTypes.OciLayer, Digest.Of(content), content.Length);

        private sealed class SlowStream(byte[] content, TimeSpan pause, int step) : MemoryStream(content, writable: false)
        {
            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                await Task.Delay(pause, cancellationToken);
                return await base.ReadAsync(buffer[..Math.Min(buffer.Length, step)], cancellationToken);
            }
        }
    }

    private sealed class Failing : BlobSource
    {
        public override Descriptor? Descriptor => null;

        public override Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken) => throw new InvalidDataException("the layer cannot be made");
    }
}

internal static class RequestFilters
{
    public static Func<TestRequest, bool> And(this Func<TestRequest, bool> first, Func<TestRequest, bool> second) => request => first(request) && second(request);
}
