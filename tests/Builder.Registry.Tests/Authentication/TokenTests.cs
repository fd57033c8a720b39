using Builder.Oci;
using Builder.Registry.Authentication;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

/// <summary>The ways to a token: GET and POST, passwords, refresh and identity tokens, scopes that grow.</summary>
public sealed class TokenTests : RegistryTest
{
    private static readonly Platform Amd64 = new("amd64", "linux");
    private static readonly TestImage Image = TestImage.Of(Amd64, TestImage.Noise(1000));

    private IReadOnlyList<TestRequest> TokenRequests => [.. Registry.Requests.Where(r => r.Path == "/token")];

    [Fact]
    public async Task An_identity_token_is_posted_and_never_shown_to_the_registry()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System) { Login = "ada:secret", RefreshToken = "identity" };
        Client = LoggedIn(new Credential("<token>", "identity") { Kind = CredentialKind.IdentityToken });
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        var request = Assert.Single(TokenRequests);
        Assert.Equal("POST", request.Method);
        Assert.Contains("grant_type=refresh_token", System.Text.Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
        Assert.DoesNotContain(Registry.Requests, r => r["Authorization"]?.Contains("identity", StringComparison.Ordinal) == true);

        Client = LoggedIn(new Credential("<token>", "stale-identity") { Kind = CredentialKind.IdentityToken });
        var e = await FailsAsync(RegistryErrors.Denied, () => Client.FindAsync(Registry.Reference("app:1.0"), Cancel));
        Assert.DoesNotContain("stale-identity", e.ToString(), StringComparison.Ordinal);
        Assert.Contains("builder login", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_token_replaces_the_password_in_later_requests()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System) { Login = "ada:secret", RefreshToken = "refresh" };
        Client = LoggedIn(new Credential("ada", "secret"));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Registry.Tokens.Revoke();
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(["GET", "POST"], TokenRequests.Select(r => r.Method));

        // A refresh token that has had its day is no reason to fail while there is a password.
        Registry.Tokens.RefreshToken = null;
        Registry.Tokens.Revoke();
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(["GET", "POST", "POST", "GET"], TokenRequests.Select(r => r.Method));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    public async Task Fault_25_a_token_server_that_knows_only_one_way_is_asked_the_other_way(int status)
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System) { Login = "ada:secret" };
        Registry.Fail(r => r.Path == "/token" && r.Method == "GET", (_, _) => new TestResponse(status), times: 100);
        Client = LoggedIn(new Credential("ada", "secret"));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(["GET", "POST"], TokenRequests.Select(r => r.Method));
    }

    [Fact]
    public async Task A_registry_token_is_shown_as_it_is()
    {
        Registry.Fail(_ => true, (request, right) => request["Authorization"] == "Bearer given" ? right : TestRegistry.Error(401, "UNAUTHORIZED", "").With("WWW-Authenticate", "Bearer realm=\"http://127.0.0.1:1/token\""), times: 100);
        Registry.AddImage("app", "1.0", Image);
        Client = LoggedIn(new Credential("<token>", "given") { Kind = CredentialKind.RegistryToken });
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(2, Registry.Requests.Count);
    }

    [Fact]
    public async Task Fault_24_a_scope_that_the_registry_adds_later_is_asked_for_once()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System);
        var wider = $"Bearer realm=\"http://{Registry.Authority}/token\",service=\"test\",scope=\"repository:app:pull repository:other:pull\",error=\"insufficient_scope\"";
        Registry.Fail(r => Manifests(r) && r["Authorization"] is not null, (_, _) => TestRegistry.Error(401, "UNAUTHORIZED", "more").With("WWW-Authenticate", wider));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal([["repository:app:pull"], ["repository:app:pull", "repository:other:pull"]], TokenRequests.Select(r => r.Query("scope")));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(2, TokenRequests.Count);
    }

    [Fact]
    public async Task A_registry_that_says_how_to_log_in_only_at_its_base_is_asked_there()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.BasicLogin = "ada:secret";
        Registry.Fail(r => Manifests(r) && r["Authorization"] is null, (_, _) => new TestResponse(401));
        Client = LoggedIn(new Credential("ada", "secret"));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(["/v2/app/manifests/1.0", "/v2/", "/v2/app/manifests/1.0"], Registry.Requests.Select(r => r.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","expires_in":0""")]
    [InlineData(""","expires_in":1,"issued_at":"2001-01-01T00:00:00Z" """)]
    public async Task Fault_27_a_token_without_a_believable_life_is_good_for_a_minute_from_its_arrival(string life)
    {
        var time = new Builder.Testing.ManualTime();
        Client = new RegistryClient(Hasty with { Time = time });
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(time);
        Registry.Fail(r => r.Path == "/token", (_, right) => TestResponse.Json(200, $$"""{"token":"{{System.Text.Json.JsonDocument.Parse(right.Body).RootElement.GetProperty("token").GetString()}}"{{life}}}"""), times: 100);
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        time.Advance(TimeSpan.FromSeconds(50));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Single(TokenRequests);
        time.Advance(TimeSpan.FromSeconds(10));
        await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(2, TokenRequests.Count);
    }

    [Fact]
    public async Task Fault_26_a_token_server_that_is_busy_is_asked_again()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Tokens = new TestTokens(TimeProvider.System);
        Registry.Fail(r => r.Path == "/token", (_, _) => new TestResponse(503), times: 2);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Client.FindAsync(Registry.Reference("app:1.0"), Cancel)));
        Assert.Equal(3, TokenRequests.Count);
    }

    [Fact]
    public async Task A_token_servers_words_are_quoted_without_the_password()
    {
        Registry.Tokens = new TestTokens(TimeProvider.System);
        Registry.Fail(r => r.Path == "/token", (_, _) => TestRegistry.Error(500, "UNKNOWN", "cannot check ada with pa55phrase"), times: 100);
        Client = LoggedIn(new Credential("ada", "pa55phrase"));
        var e = await FailsAsync(RegistryErrors.Token, () => Client.FindAsync(Registry.Reference("app"), Cancel));
        Assert.Contains("cannot check ada with ***", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pa55phrase", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_is_proved_at_the_base_of_the_api()
    {
        Registry.Tokens = new TestTokens(TimeProvider.System) { Login = "ada:secret" };
        Client = LoggedIn(new Credential("ada", "secret"));
        Registry.Fail(r => r.Path == "/v2/" && r["Authorization"]?.StartsWith("Bearer token-", StringComparison.Ordinal) == true, (_, _) => TestResponse.Json(200, "{}"));
        Assert.True(await Client.LogInAsync(Registry.Authority, Cancel));
        Client = LoggedIn(new Credential("ada", "wrong"));
        await FailsAsync(RegistryErrors.Denied, () => Client.LogInAsync(Registry.Authority, Cancel));
        Registry.Tokens = null;
        Assert.False(await Client.LogInAsync(Registry.Authority, Cancel));
    }

    [Fact]
    public void Scopes_are_sets()
    {
        var scopes = TokenScopes.Parse("repository:a/b:push,pull repository:host:5000/c:pull repository:a/b:delete nonsense");
        Assert.Equal("repository:a/b:delete,pull,push repository:host:5000/c:pull", scopes.ToString());
        Assert.True(scopes.Covers(TokenScopes.Parse("repository:a/b:pull,push")));
        Assert.False(scopes.Covers(TokenScopes.Parse("repository:host:5000/c:push")));
        Assert.True(TokenScopes.Parse("registry:catalog:*").Covers(TokenScopes.Parse("registry:catalog:read")));
    }

    private static RegistryClient LoggedIn(Credential credential) => new(Hasty with { Credentials = new Login(credential) });

    private sealed class Login(Credential credential) : ICredentialSource
    {
        public ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken) => new(credential);
    }
}
