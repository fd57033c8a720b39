using System.Net;
using Builder.Oci;
using Builder.Registry.Authentication;
using Builder.Registry.Transport;

namespace Builder.Registry.Tests;

/// <summary>Where a registry on the internet may send logins to, which no server in this process can play.</summary>
public sealed class RealmTests
{
    [Theory]
    [InlineData("http://auth.example/token")]
    [InlineData("https://169.254.169.254/token")]
    [InlineData("https://localhost/token")]
    public async Task A_login_is_not_sent_to_less_protection_or_to_this_machine(string realm)
    {
        var (failure, asked) = await AskAsync(realm);
        Assert.Equal(RegistryErrors.RefusedRedirect, Assert.IsType<RegistryException>(failure).Code);
        Assert.Single(asked);
    }

    [Fact]
    public async Task A_login_is_sent_to_another_host_over_https_and_the_token_only_to_the_registry()
    {
        var (failure, asked) = await AskAsync("https://auth.example/token?x=1");
        Assert.Null(failure);
        Assert.Equal(
            [
                "https://registry.example/v2/app/manifests/latest ",
                "https://auth.example/token?x=1&service=s&scope=repository%3Aapp%3Apull&client_id=builder&account=ada Basic",
                "https://registry.example/v2/app/manifests/latest Bearer",
            ],
            asked);
    }

    private static async Task<(Exception? Failure, List<string> Asked)> AskAsync(string realm)
    {
        var options = new RegistryOptions { Credentials = new Login() };
        var wire = new Wire(realm);
        using var invoker = new HttpMessageInvoker(new AuthenticationHandler(new Authorizations(options)) { InnerHandler = wire });
        var endpoint = Endpoint.Of(ImageReference.Parse("registry.example/app"), options);
        using var request = new RegistryCall(endpoint, endpoint.PullScope).Request(HttpMethod.Get, endpoint.Manifest("latest"));
        var failure = await Record.ExceptionAsync(() => invoker.SendAsync(request, TestContext.Current.CancellationToken));
        return (failure, wire.Asked);
    }

    private sealed class Wire(string realm) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add($"{request.RequestUri!.AbsoluteUri} {request.Headers.Authorization?.Scheme}");
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"access_token":"t"}""") };
            if (request.RequestUri.Host == "registry.example" && request.Headers.Authorization is null)
            {
                response.StatusCode = HttpStatusCode.Unauthorized;
                response.Headers.TryAddWithoutValidation("WWW-Authenticate", $"Bearer realm=\"{realm}\",service=\"s\"");
            }

            return Task.FromResult(response);
        }
    }

    private sealed class Login : ICredentialSource
    {
        public ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken) => new(new Credential("ada", "secret"));
    }
}
