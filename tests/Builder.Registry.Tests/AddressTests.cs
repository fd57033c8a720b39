using System.Net;
using Builder.Oci;
using Builder.Registry.Transport;

namespace Builder.Registry.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("alpine", "https://registry-1.docker.io/v2/")]
    [InlineData("ghcr.io/a/b", "https://ghcr.io/v2/")]
    [InlineData("localhost/a", "http://localhost/v2/")]
    [InlineData("localhost:5000/a", "http://localhost:5000/v2/")]
    [InlineData("127.9.9.9:5000/a", "http://127.9.9.9:5000/v2/")]
    [InlineData("[::1]:5000/a", "http://[::1]:5000/v2/")]
    [InlineData("localhost:443/a", "https://localhost/v2/")]
    [InlineData("10.0.0.1:5000/a", "https://10.0.0.1:5000/v2/")]
    [InlineData("localhost.example.com/a", "https://localhost.example.com/v2/")]
    [InlineData("plain.example:80/a", "http://plain.example/v2/")]
    [InlineData("plain.example/a", "https://plain.example/v2/")]
    [InlineData("secure.localhost:5000/a", "https://secure.localhost:5000/v2/")]
    public void The_wire_address_follows_from_the_name(string image, string expected) =>
        Assert.Equal(expected, Endpoint.Of(ImageReference.Parse(image), new RegistryOptions { PlainHttp = ["plain.example:80"], Tls = ["secure.localhost"] }).Registry.ToString());

    [Fact]
    public void A_port_beyond_all_ports_is_an_error_of_the_user()
    {
        var e = Assert.Throws<RegistryException>(() => Endpoint.Of(ImageReference.Parse("example.com:99999/a"), new RegistryOptions()));
        Assert.Equal(RegistryErrors.UnknownHost, e.Code);
    }

    [Theory]
    [InlineData("/v2/x?a=%2f", "https://r:5000/v2/x?a=%2f")]
    [InlineData("?digest=1", "https://r:5000/v2/a/uploads/7?digest=1")]
    [InlineData("8", "https://r:5000/v2/a/uploads/8")]
    [InlineData("//other/x", "https://other/x")]
    [InlineData("r:5000/v2/y", "https://r:5000/v2/y")]
    [InlineData("https://s/a/../b%7E#f", "https://s/a/../b%7E")]
    [InlineData("8?next=http://y", "https://r:5000/v2/a/uploads/8?next=http://y")]
    [InlineData("/x?next=http://y", "https://r:5000/x?next=http://y")]
    public void Locations_are_resolved_without_being_rewritten(string location, string expected) =>
        Assert.Equal(expected, RawLocation.Resolve(new Uri("https://r:5000/v2/a/uploads/7"), location)?.AbsoluteUri);

    [Theory]
    [InlineData("https://s/a b")]
    [InlineData("https://s/\u00e9")]
    [InlineData("https://s\\@t/")]
    [InlineData("javascript://x/y")]
    [InlineData("https:///x")]
    public void Locations_that_could_be_misread_are_none(string location) =>
        Assert.Null(RawLocation.Resolve(new Uri("https://r/"), location));

    [Theory]
    [InlineData("https://registry.example/x", "http://registry.example/x")]
    [InlineData("https://registry.example/x", "https://127.0.0.1/x")]
    [InlineData("https://registry.example/x", "https://localhost./x")]
    [InlineData("https://registry.example/x", "https://[::ffff:169.254.169.254]/latest")]
    [InlineData("http://registry.example/x", "http://169.254.169.254/latest")]
    public async Task Redirects_to_less_protection_or_to_this_machine_are_refused(string from, string to)
    {
        using var invoker = new HttpMessageInvoker(new RedirectHandler { InnerHandler = new Answer(to) });
        using var request = new HttpRequestMessage(HttpMethod.Get, from);
        var e = await Assert.ThrowsAsync<RegistryException>(() => invoker.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(RegistryErrors.RefusedRedirect, e.Code);
    }

    private sealed class Answer(string location) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.Found);
            response.Headers.TryAddWithoutValidation("Location", location);
            return Task.FromResult(response);
        }
    }
}
