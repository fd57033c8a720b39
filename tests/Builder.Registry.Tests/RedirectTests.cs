using Builder.Oci;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

public sealed class RedirectTests : RegistryTest
{
    private static readonly byte[] Content = TestImage.Noise(5000);

    [Fact]
    public async Task A_redirect_to_another_origin_carries_no_credentials_and_not_a_changed_character()
    {
        await using var storage = new TestServer(request => TestRegistry.Ranged(request, Content));
        Registry.Tokens = new TestTokens(TimeProvider.System);
        var blob = Registry.AddBlob("app", Content);
        const string Signed = "/data/%7Ea/../b%2dc?sig=%41%2F+~&x=1%2C2";
        RedirectBlobs($"http://{storage.Authority}{Signed}");

        Assert.Equal(Content, await FetchAsync(blob));
        var request = Assert.Single(storage.Requests);
        Assert.Null(request["Authorization"]);
        Assert.Equal(Signed, request.Target);
        Assert.NotNull(Registry.Requests[^1]["Authorization"]);
    }

    [Fact]
    public async Task A_challenge_from_where_a_redirect_led_is_not_answered()
    {
        await using var storage = new TestServer(_ => new TestResponse(401).With("WWW-Authenticate", "Basic realm=\"give me\""));
        Client = new RegistryClient(Hasty with { Credentials = new Willing() });
        var blob = Registry.AddBlob("app", Content);
        RedirectBlobs($"http://{storage.Authority}/x");
        var e = await FailsAsync(RegistryErrors.Failed, () => FetchAsync(blob));
        Assert.Contains(storage.Authority, e.Message, StringComparison.Ordinal);
        Assert.Null(Assert.Single(storage.Requests)["Authorization"]);
    }

    [Fact]
    public async Task A_redirect_within_the_registry_keeps_the_token()
    {
        Registry.Tokens = new TestTokens(TimeProvider.System);
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(r => Blobs(r) && r["Authorization"] is not null, (r, _) => TestResponse.Redirect(302, r.Target + "?again"));
        Assert.Equal(Content, await FetchAsync(blob));
        Assert.NotNull(Registry.Requests[^1]["Authorization"]);
    }

    [Fact]
    public async Task Fault_07_a_transfer_that_breaks_at_the_storage_host_asks_the_registry_again()
    {
        var calls = 0;
        await using var storage = new TestServer(request =>
            TestRegistry.Ranged(request, Content) with { CutAfter = Interlocked.Increment(ref calls) == 1 ? 1000 : null });
        var blob = Registry.AddBlob("app", Content);
        RedirectBlobs($"http://{storage.Authority}/x");
        Assert.Equal(Content, await FetchAsync(blob));
        Assert.Equal("bytes=1000-", storage.Requests[1]["Range"]);
        Assert.Equal(2, Registry.Requests.Count);
    }

    [Theory]
    [InlineData("ftp://example.com/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://a@example.com/x")]
    [InlineData("http://exa mple.com/x")]
    [InlineData("")]
    public async Task Fault_45_a_redirect_to_no_http_address_is_refused(string location)
    {
        var blob = Registry.AddBlob("app", Content);
        RedirectBlobs(location);
        await FailsAsync(RegistryErrors.RefusedRedirect, () => FetchAsync(blob));
    }

    [Fact]
    public async Task Fault_45_redirects_in_a_circle_end()
    {
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(Blobs, (r, _) => TestResponse.Redirect(307, r.Target), times: 1000);
        await FailsAsync(RegistryErrors.RefusedRedirect, () => FetchAsync(blob));
        Assert.Equal(11, Registry.Requests.Count);
    }

    private void RedirectBlobs(string location) => Registry.Fail(
        r => Blobs(r) && (Registry.Tokens is null || r["Authorization"] is not null), (_, _) => TestResponse.Redirect(307, location), times: 100);

    private async Task<byte[]> FetchAsync(Descriptor blob)
    {
        using var written = new MemoryStream();
        await Client.FetchBlobAsync(Registry.Reference("app"), blob, written, null, Cancel);
        return written.ToArray();
    }

    private sealed class Willing : Authentication.ICredentialSource
    {
        public ValueTask<Authentication.Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken) => new(new Authentication.Credential("ada", "secret"));
    }
}
