using System.Net;
using Builder.Oci;
using Builder.Registry.Authentication;
using Builder.Registry.Content.Blobs;
using Builder.Registry.Transport;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

/// <summary>What other clients had to be mended for, each by the name under which it is known (spec/registry.md, "Advisories").</summary>
public sealed class AdvisoryTests : RegistryTest
{
    private static readonly Platform Amd64 = new("amd64", "linux");
    private static readonly byte[] Content = TestImage.Noise(5000);

    [Fact]
    public async Task CVE_2020_15157_an_address_in_a_descriptor_gets_no_login()
    {
        var wire = new Wire();
        using var invoker = new AuthenticationHandler(new Authorizations(Hasty with { Credentials = new Willing() })) { InnerHandler = wire };
        using var client = new HttpClient(invoker);
        var place = ForeignPlace.Of(client, "https://elsewhere.example/layer", Digest.Of(Content))!;
        using var response = await place.SendAsync(null, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["https://elsewhere.example/layer "], wire.Asked);
    }

    [Theory]
    [InlineData("http://elsewhere.example/layer")]
    [InlineData("https://127.0.0.1/layer")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://10.0.0.1/layer")]
    [InlineData("https://[fd00::1]/layer")]
    [InlineData("https://[::ffff:10.0.0.1]/layer")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://ada:secret@elsewhere.example/layer")]
    public void Addresses_in_descriptors_lead_nowhere_inside(string url)
    {
        using var client = new HttpClient();
        Assert.Null(ForeignPlace.Of(client, url, Digest.Of(Content)));
    }

    [Fact]
    public async Task CVE_2021_41190_a_document_that_is_two_things_is_refused()
    {
        Registry.AddManifest("app", "1", """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[],"manifests":[]}"""u8.ToArray());
        await FailsAsync(RegistryErrors.InvalidManifest, () => Client.ResolveAsync(Registry.Reference("app:1"), Amd64, Cancel));
    }

    [Theory]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("sha256:00")]
    [InlineData("sha512:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]
    public async Task CVE_2024_3727_a_digest_that_is_none_reaches_no_address(string digest)
    {
        Registry.AddManifest("app", "1", System.Text.Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{digest}}","size":2},"layers":[]}"""));
        await FailsAsync(RegistryErrors.InvalidManifest, () => Client.ResolveAsync(Registry.Reference("app:1"), Amd64, Cancel));
        Assert.Single(Registry.Requests);
    }

    [Fact]
    public async Task CVE_2020_1702_answers_without_end_are_not_read()
    {
        Registry.Tokens = new TestTokens(TimeProvider.System);
        Registry.Fail(r => r.Path == "/token", (_, _) => TestResponse.Json(200, "{\"token\":\"" + new string('x', 200_000) + "\"}") with { WithoutLength = true }, times: 10);
        await FailsAsync(RegistryErrors.Token, () => Client.ResolveAsync(Registry.Reference("app"), Amd64, Cancel));
    }

    [Fact]
    public async Task GHSA_qv35_3gw6_8q4j_a_pinned_digest_is_compared_with_the_bytes_and_not_with_a_header()
    {
        var right = TestImage.Of(Amd64, TestImage.Noise(10));
        var wrong = TestImage.Of(Amd64, TestImage.Noise(10, 2));
        Registry.AddImage("app", "1", right);
        Registry.Fail(Manifests, (_, answer) => answer with { Body = wrong.Manifest });
        await FailsAsync(RegistryErrors.WrongContent, () => Client.ResolveAsync(Registry.Reference($"app@{right.Descriptor.Digest}"), Amd64, Cancel));
    }

    [Fact]
    public async Task GHSA_vh4v_2xq2_g5cg_another_port_of_the_same_host_is_another_origin()
    {
        await using var other = new TestServer(request => TestRegistry.Ranged(request, Content));
        Registry.BasicLogin = "ada:secret";
        Client = new RegistryClient(Hasty with { Credentials = new Willing(), Hosts = new Dictionary<string, HostSettings> { [Registry.Authority] = new() { Headers = new Dictionary<string, string> { ["X-Secret"] = "s" } } } });
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(r => Blobs(r) && r["Authorization"] is not null, (_, _) => TestResponse.Redirect(307, $"http://{other.Authority}/x"));
        await Client.FetchBlobAsync(Registry.Reference("app"), blob, new MemoryStream(), null, Cancel);
        var request = Assert.Single(other.Requests);
        Assert.Null(request["Authorization"]);
        Assert.Null(request["X-Secret"]);
        Assert.Equal("s", Registry.Requests[^1]["X-Secret"]);
    }

    [Theory]
    [InlineData("http://auth.example/token", "https://registry.example/v2/")]
    [InlineData("https://10.1.2.3/token", "https://registry.example/v2/")]
    [InlineData("https://[fe80::1]/token", "https://registry.example/v2/")]
    [InlineData("https://localhost./token", "https://registry.example/v2/")]
    public void CVE_2019_10214_a_password_goes_to_no_token_server_that_is_less_protected(string realm, string asked)
    {
        var challenge = Challenge.Parse($"Bearer realm=\"{realm}\"")[0];
        var e = Assert.Throws<RegistryException>(() => TokenServer.Of(challenge, new Uri(asked), "registry.example", (_, _) => throw new InvalidOperationException(), Hasty));
        Assert.Equal(RegistryErrors.RefusedRedirect, e.Code);
    }

    [Fact]
    public async Task Secrets_are_in_no_text_that_anybody_prints()
    {
        const string Secret = "pa55phrase";
        var warnings = new List<RegistryWarning>();
        var options = Hasty with { Credentials = new Willing(Secret), OnWarning = warnings.Add };
        Client = new RegistryClient(options);
        Registry.Tokens = new TestTokens(TimeProvider.System) { Login = "ada:" + Secret };
        var blob = Registry.AddBlob("app", Content);
        Registry.Fail(r => Blobs(r) && r["Authorization"] is not null, (_, _) => TestResponse.Redirect(307, $"http://{Registry.Authority}/signed?sig={Secret}"), times: 100);
        var e = await Assert.ThrowsAsync<RegistryException>(() => Client.FetchBlobAsync(Registry.Reference("app"), blob, new MemoryStream(), null, Cancel));
        var texts = new[] { e.ToString(), e.Url ?? "", options.Credentials.ToString() ?? "", new Credential("ada", Secret).ToString(), string.Join(' ', warnings) };
        Assert.All(texts, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    private sealed class Willing(string secret = "secret") : ICredentialSource
    {
        public ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken) => new(new Credential("ada", secret));
    }

    private sealed class Wire : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add($"{request.RequestUri!.AbsoluteUri} {request.Headers.Authorization?.Scheme}");
            var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            response.Headers.TryAddWithoutValidation("WWW-Authenticate", "Basic realm=\"give me\"");
            return Task.FromResult(response);
        }
    }
}
