using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Builder.Oci;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

public sealed class FailureTests : RegistryTest
{
    private static readonly TestImage Image = TestImage.Of(new Platform("amd64", "linux"), TestImage.Noise(10));

    [Fact]
    public async Task Fault_41_nobody_listening_is_said_plainly()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var authority = listener.LocalEndpoint.ToString();
        listener.Stop();
        var e = await FailsAsync(RegistryErrors.Unreachable, () => Client.ResolveAsync(ImageReference.Parse($"{authority}/app"), null, Cancel));
        Assert.Equal($"cannot reach {authority}: connection refused", e.Message);
        Assert.Equal(authority, e.Host);
        Assert.Equal($"http://{authority}/v2/app/manifests/latest", e.Url);
    }

    [Fact]
    public async Task Fault_41_a_host_without_address_is_said_plainly()
    {
        var e = await FailsAsync(RegistryErrors.UnknownHost, () => Client.ResolveAsync(ImageReference.Parse("registry.invalid:5000/app"), null, Cancel));
        Assert.StartsWith("cannot find registry.invalid: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using var secure = new TestRegistry(certificate);
        using var client = new RegistryClient(Hasty with { Tls = ["127.0.0.1"] });
        var e = await FailsAsync(RegistryErrors.Tls, () => client.ResolveAsync(secure.Reference("app"), null, Cancel));
        Assert.StartsWith($"cannot make a trusted connection to {secure.Authority}: its certificate is not valid here", e.Message, StringComparison.Ordinal);
        Assert.Empty(secure.Requests);
    }

    [Fact]
    public async Task Fault_42_plain_http_where_tls_is_due_is_said_plainly()
    {
        using var client = new RegistryClient(Hasty with { Tls = [Registry.Authority] });
        var e = await FailsAsync(RegistryErrors.Tls, () => client.ResolveAsync(Registry.Reference("app"), null, Cancel));
        Assert.EndsWith("the server does not speak TLS", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    [InlineData(522)]
    public async Task Fault_08_to_10_a_passing_failure_is_not_noticed(int status)
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(_ => true, (_, _) => new TestResponse(status), times: 4);
        await Client.ResolveAsync(Registry.Reference("app:1.0"), null, Cancel);
        Assert.Equal(5, Registry.Requests.Count);
    }

    [Fact]
    public async Task Fault_49_a_connection_closed_instead_of_an_answer_is_tried_again()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(_ => true, (_, _) => TestResponse.HangUp, times: 4);
        await Client.ResolveAsync(Registry.Reference("app:1.0"), null, Cancel);
    }

    /// <summary>Servers close idle connections; who sends his next request into one must not notice, whatever its body.</summary>
    [Fact]
    public async Task Fault_49_a_connection_that_was_closed_while_nobody_used_it_is_not_noticed()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(Manifests, (_, right) => right with { CutAfter = right.Body.Length });
        await Client.ResolveAsync(Registry.Reference("app:1.0"), null, Cancel);
        await Task.Delay(100, Cancel);
        await PushAsync(2);
        Assert.Equal(["GET", "HEAD", "POST", "PUT"], Registry.Requests.Select(r => r.Method));

        // And closed so quickly that the next request may be on its way already.
        Registry.Fail(_ => true, (_, right) => right with { CutAfter = right.Body.Length }, times: 1000);
        await PushAsync(3);

        async Task PushAsync(int seed)
        {
            var content = TestImage.Noise(100_000, seed);
            var blob = new Descriptor(MediaTypes.OciLayer, Digest.Of(content), content.Length);
            await Client.PushBlobAsync(Registry.Reference("app"), Builder.Registry.Push.BlobSource.Of(blob, content), null, null, Cancel);
            Assert.Equal(content, Registry.Blob("app", blob.Digest));
        }
    }

    [Theory]
    [InlineData("7", "asks to wait 7 s (rate limit, 0 of 100 requests left in 6 h)")]
    [InlineData("1", null)]
    public async Task A_wait_is_told_before_it_is_over(string seconds, string? text)
    {
        var time = new ManualTime();
        var told = new List<RegistryWarning>();
        using var client = new RegistryClient(Hasty with { Time = time, OnWarning = told.Add });
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(_ => true, (_, _) => new TestResponse(429).With("Retry-After", seconds).With("RateLimit-Limit", "100;w=21600").With("RateLimit-Remaining", "0;w=21600"));
        var waiting = client.ResolveAsync(Registry.Reference("app:1.0"), null, Cancel);
        var wait = TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        await time.WaitForTimerAsync(wait, Cancel);
        Assert.Equal(text is null ? [] : [new RegistryWarning(Registry.Authority, text)], told);
        time.Advance(wait);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Theory]
    [InlineData("100;w=21600", "10;w=21600", "its rate limit is nearly reached: 10 of 100 requests left in 6 h")]
    [InlineData("200;w=60", "3", "its rate limit is nearly reached: 3 of 200 requests left in 1 min")]
    [InlineData("100;w=21600", "11;w=21600", null)]
    [InlineData("100", "many", null)]
    public async Task What_is_left_of_a_rate_limit_is_told_when_it_is_little(string limit, string remaining, string? text)
    {
        var told = new List<RegistryWarning>();
        using var client = new RegistryClient(Hasty with { OnWarning = told.Add });
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(_ => true, (_, right) => right.With("ratelimit-limit", limit).With("ratelimit-remaining", remaining), times: 100);
        await client.ResolveAsync(Registry.Reference("app:1.0"), null, Cancel);
        await client.ResolveAsync(Registry.Reference("app:1.0"), null, Cancel);
        Assert.Equal(text is null ? [] : [new RegistryWarning(Registry.Authority, text)], told);
    }

    [Fact]
    public async Task A_failure_that_stays_is_told_with_the_registrys_words()
    {
        Registry.Fail(_ => true, (_, _) => TestRegistry.Error(503, "UNAVAILABLE", "disk on fire"), times: 100);
        var e = await FailsAsync(RegistryErrors.Failed, () => Client.ResolveAsync(Registry.Reference("app"), null, Cancel));
        Assert.Equal($"{Registry.Authority}/app:latest: {Registry.Authority} answers 503: UNAVAILABLE: disk on fire", e.Message);
        Assert.Equal(Hasty.Attempts, Registry.Requests.Count);
    }

    [Fact]
    public async Task Forbidden_is_final()
    {
        Registry.Fail(_ => true, (_, _) => TestRegistry.Error(403, "DENIED", "not yours"), times: 100);
        await FailsAsync(RegistryErrors.Denied, () => Client.ResolveAsync(Registry.Reference("app"), null, Cancel));
        Assert.Single(Registry.Requests);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("Tue, 01 Jan 2030 00:00:07 GMT")]
    public async Task Fault_09_retry_after_is_waited_for_by_every_request_to_that_host(string value)
    {
        var time = new ManualTime();
        using var client = new RegistryClient(Hasty with { Time = time });
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(_ => true, (_, _) => new TestResponse(429).With("Retry-After", value));
        var first = client.ResolveAsync(Registry.Reference("app:1.0"), null, Cancel);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(7), Cancel);
        var second = client.ResolveAsync(Registry.Reference("app:1.0"), null, Cancel);
        time.Advance(TimeSpan.FromSeconds(6.9));
        await Task.Delay(50, Cancel);
        Assert.Single(Registry.Requests);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(3, Registry.Requests.Count);
    }

    [Fact]
    public async Task Fault_52_a_pause_longer_than_sensible_fails_at_once_and_is_told()
    {
        Registry.Fail(_ => true, (_, _) => TestRegistry.Error(429, "TOOMANYREQUESTS", "slow down").With("Retry-After", "21600"));
        var e = await FailsAsync(RegistryErrors.TooManyRequests, () => Client.ResolveAsync(Registry.Reference("app"), null, Cancel));
        Assert.Contains("in 21600 seconds", e.Hint, StringComparison.Ordinal);
        Assert.Single(Registry.Requests);
    }

    [Fact]
    public async Task Fault_40_a_server_that_never_answers_is_given_up_after_the_response_timeout()
    {
        await using var silent = new SilentServer();
        using var client = new RegistryClient(Hasty with { ResponseTimeout = TimeSpan.FromMilliseconds(100) });
        var e = await FailsAsync(RegistryErrors.Unreachable, () => client.ResolveAsync(ImageReference.Parse($"{silent.Authority}/app"), null, Cancel));
        Assert.EndsWith("no answer in time", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_pause_at_once()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Registry.Fail(_ => true, (_, _) => new TestResponse(503).With("Retry-After", "200"));
        var pending = Client.ResolveAsync(Registry.Reference("app"), null, source.Token);
        while (Registry.Requests.Count == 0)
        {
            await Task.Delay(5, Cancel);
        }

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.WaitAsync(TimeSpan.FromSeconds(5), Cancel));
    }

    private sealed class SilentServer : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public SilentServer() => listener.Start();

        public string Authority => listener.LocalEndpoint.ToString()!;

        public ValueTask DisposeAsync()
        {
            listener.Dispose();
            return default;
        }
    }
}
