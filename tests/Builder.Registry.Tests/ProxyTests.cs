using Builder.Oci;
using Builder.Registry.Transport;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

/// <summary>The way through a proxy, and past it.</summary>
public sealed class ProxyTests : IAsyncDisposable
{
    private const string Name = "registry.example";
    private static readonly TestImage Image = TestImage.Of(new Platform("amd64", "linux"), TestImage.Noise(50_000));
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();
    private readonly TestRegistry registry;
    private readonly ConnectProxy proxy;

    public ProxyTests()
    {
        registry = new TestRegistry(authority.Issue(Name));
        registry.AddImage("app", "1", Image);
        proxy = new ConnectProxy(registry.Authority);
        Directory.CreateDirectory(folder[Name]);
        File.WriteAllText(folder[$"{Name}/ca.crt"], authority.Pem);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await registry.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Fault_43_a_registry_behind_a_proxy_is_reached_through_a_tunnel()
    {
        await PullAsync(("HTTPS_PROXY", proxy.Authority));
        Assert.NotEmpty(proxy.Asked);
        Assert.All(proxy.Asked, asked => Assert.Equal($"CONNECT {Name}:443", asked));
    }

    [Fact]
    public async Task Fault_43_a_proxy_gets_its_own_login_and_the_registry_does_not()
    {
        proxy.Login = "me:p@ss";
        await PullAsync(("https_proxy", $"http://me:p%40ss@{proxy.Authority}"));
        Assert.All(registry.Requests, request => Assert.Null(request["Proxy-Authorization"]));
    }

    [Fact]
    public async Task Fault_43_a_proxy_that_wants_another_login_is_named_and_not_asked_again_and_again()
    {
        proxy.Login = "me:secret";
        var e = await Assert.ThrowsAsync<RegistryException>(() => PullAsync(("https_proxy", $"http://me:wr0ng@{proxy.Authority}")));
        Assert.Equal(RegistryErrors.Unreachable, e.Code);
        Assert.Equal($"cannot reach {Name} through the proxy {proxy.Authority}: the proxy answers 407", e.Message);
        Assert.Contains("USER:PASSWORD", e.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", e.ToString(), StringComparison.Ordinal);
        Assert.InRange(proxy.Asked.Count, 1, 2);
    }

    [Fact]
    public async Task Fault_43_a_proxy_that_fails_for_a_moment_is_asked_again()
    {
        proxy.Failures = 2;
        await PullAsync(("https_proxy", proxy.Authority));
        proxy.Failures = 100;
        var e = await Assert.ThrowsAsync<RegistryException>(() => PullAsync(("https_proxy", proxy.Authority)));
        Assert.Equal($"cannot reach {Name} through the proxy {proxy.Authority}: the proxy answers 502", e.Message);
    }

    [Fact]
    public async Task Fault_43_a_proxy_that_is_not_there_is_named()
    {
        var e = await Assert.ThrowsAsync<RegistryException>(() => PullAsync(("https_proxy", "http://127.0.0.1:1")));
        Assert.Equal($"cannot reach {Name} through the proxy 127.0.0.1:1: connection refused", e.Message);
        Assert.Contains("no_proxy", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_43_plain_http_goes_through_the_proxy_for_http_and_loopback_through_none()
    {
        await using var forward = new TestServer(request => TestResponse.Json(200, "{}"));
        await using var own = new TestRegistry();
        using var client = new RegistryClient(Options(("http_proxy", $"http://{forward.Authority}"), ("https_proxy", "http://127.0.0.1:1")) with { PlainHttp = ["plain.example"] });
        await client.LogInAsync("plain.example", Cancel);
        Assert.Equal("http://plain.example/v2/", Assert.Single(forward.Requests).Target);
        await client.LogInAsync(own.Authority, Cancel);
        Assert.Single(own.Requests);
        Assert.Single(forward.Requests);
    }

    [Theory]
    [InlineData("registry.example", "registry.example", true)]
    [InlineData("registry.example", "example", true)]
    [InlineData("registry.example", ".example", true)]
    [InlineData("registry.example", "*.example", true)]
    [InlineData("registry.example", "other.example, REGISTRY.example", true)]
    [InlineData("registry.example", "registry.example:443", true)]
    [InlineData("registry.example", "*", true)]
    [InlineData("registry.example", "registry.example:5000", false)]
    [InlineData("registry.example", ".registry.example", false)]
    [InlineData("registry.example", "try.example", false)]
    [InlineData("registry.example", "10.0.0.0/8", false)]
    [InlineData("registry.example", "", false)]
    [InlineData("10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.3:443", true)]
    [InlineData("10.1.2.3", "10.1.2.3:80", false)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.1.2.3", "fd00::/8", false)]
    [InlineData("[fd00::1]", "fd00::/8", true)]
    [InlineData("[fd00::1]", "fd00::1", true)]
    [InlineData("[fd00::1]", "fd00::2", false)]
    public void Fault_43_no_proxy_leaves_hosts_out(string host, string list, bool isLeftOut)
    {
        var used = new EnvironmentProxy(Environment(("https_proxy", "http://proxy.example:3128"), ("NO_PROXY", list))).GetProxy(new Uri($"https://{host}/v2/"));
        Assert.Equal(isLeftOut ? null : new Uri("http://proxy.example:3128"), used);
    }

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;

    private RegistryOptions Options(params (string Name, string Value)[] variables) => new()
    {
        FirstPause = TimeSpan.FromMilliseconds(1),
        Jitter = () => 0,
        CertificateFolders = [folder.Path],
        Proxy = new EnvironmentProxy(Environment(variables)),
    };

    private async Task PullAsync(params (string Name, string Value)[] variables)
    {
        using var client = new RegistryClient(Options(variables));
        var reference = ImageReference.Parse($"{Name}/app:1");
        var image = await client.ResolveAsync(reference, Image.Platform, Cancel);
        using var content = new MemoryStream();
        await client.FetchBlobAsync(reference, image.Manifest.Layers[0], content, null, Cancel);
        Assert.Equal(Image.Layers[0], content.ToArray());
    }
}
