using Builder.Oci;
using Builder.Registry.Authentication;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

public sealed class AuthenticationTests : RegistryTest
{
    private static readonly Platform Amd64 = new("amd64", "linux");
    private static readonly TestImage Image = TestImage.Of(Amd64, TestImage.Noise(1000));

    private int TokenRequests => Registry.Requests.Count(r => r.Path == "/token");

    [Fact]
    public async Task Fault_21_an_anonymous_token_is_obtained_once_and_used_for_all_that_follows()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System);
        var found = await Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Client.FetchDocumentAsync(found.Reference, found.Manifest.Config, Cancel)));
        Assert.Equal(1, TokenRequests);
        var token = Registry.Requests.Single(r => r.Path == "/token");
        Assert.Equal(["repository:app:pull"], token.Query("scope"));
        Assert.Equal(["test"], token.Query("service"));
        Assert.Null(token["Authorization"]);
        Assert.Equal(1 + 1 + 1 + 8, Registry.Requests.Count);
    }

    [Fact]
    public async Task Requests_that_are_challenged_at_the_same_time_share_one_token()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Client.FindAsync(Registry.Reference("app:1.0"), Cancel)));
        Assert.Equal(1, TokenRequests);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires()
    {
        var time = new ManualTime();
        Client = new RegistryClient(Hasty with { Time = time });
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(time) { Lifetime = TimeSpan.FromSeconds(100) };
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        time.Advance(TimeSpan.FromSeconds(89));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(1, TokenRequests);
        time.Advance(TimeSpan.FromSeconds(2));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(2, TokenRequests);
        Assert.Single(Registry.Requests, r => r.Path != "/token" && r["Authorization"] is null);
    }

    [Fact]
    public async Task Fault_22_a_token_that_is_no_longer_accepted_is_replaced_once()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System);
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Registry.Tokens.Revoke();
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(2, TokenRequests);
    }

    [Fact]
    public async Task A_refusal_of_a_fresh_token_is_final()
    {
        Registry.Tokens = new TestTokens(TimeProvider.System);
        Registry.Fail(Manifests, (_, _) => TestRegistry.Error(401, "UNAUTHORIZED", "no").With("WWW-Authenticate", $"Bearer realm=\"http://{Registry.Authority}/token\""), times: 100);
        var e = await FailsAsync(RegistryErrors.Unauthorized, () => Client.ResolveAsync(Registry.Reference("app"), Amd64, Cancel));
        Assert.Equal($"{Registry.Authority}/app:latest: access denied: UNAUTHORIZED: no", e.Message);
        Assert.Equal(3, Registry.Requests.Count);
    }

    [Fact]
    public async Task Tokens_are_bought_with_credentials_where_there_are_any()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System) { Login = "ada:secret" };
        await FailsAsync(RegistryErrors.Unauthorized, () => Client.FindAsync(Registry.Reference("app:1.0"), Cancel));

        Client = new RegistryClient(Hasty with { Credentials = new Login("ada", "secret") });
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);

        Client = new RegistryClient(Hasty with { Credentials = new Login("ada", "wrong") });
        var e = await FailsAsync(RegistryErrors.Denied, () => Client.FindAsync(Registry.Reference("app:1.0"), Cancel));
        Assert.Contains("does not accept the login of ada", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Basic_credentials_are_shown_only_when_asked_for()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.BasicLogin = "ada:secret";
        await FailsAsync(RegistryErrors.Unauthorized, () => Client.FindAsync(Registry.Reference("app:1.0"), Cancel));
        Client = new RegistryClient(Hasty with { Credentials = new Login("ada", "secret") });
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal([false, true, true], Registry.Requests.TakeLast(3).Select(r => r["Authorization"] is not null));
    }

    [Theory]
    [InlineData("ftp://example.com/token")]
    [InlineData("http://user:pw@example.com/token")]
    [InlineData("http://example.com/a b")]
    public async Task A_realm_that_cannot_be_trusted_is_refused(string realm)
    {
        Registry.Fail(_ => true, (_, _) => new TestResponse(401).With("WWW-Authenticate", $"Bearer realm=\"{realm}\",service=\"x\""));
        await FailsAsync(RegistryErrors.RefusedRedirect, () => Client.ResolveAsync(Registry.Reference("app"), Amd64, Cancel));
    }

    [Theory]
    [InlineData(500, "oops")]
    [InlineData(200, "{}")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"token":"a\r\nb"}""")]
    public async Task A_token_server_without_tokens_is_named(int status, string body)
    {
        Registry.Tokens = new TestTokens(TimeProvider.System);
        Registry.Fail(r => r.Path == "/token", (_, _) => TestResponse.Text(status, body), times: 100);
        var e = await FailsAsync(RegistryErrors.Token, () => Client.ResolveAsync(Registry.Reference("app"), Amd64, Cancel));
        Assert.Contains($"the token server {Registry.Authority}", e.Message, StringComparison.Ordinal);
    }

    private sealed class Login(string user, string secret) : ICredentialSource
    {
        public ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken) => new(new Credential(user, secret));
    }
}
