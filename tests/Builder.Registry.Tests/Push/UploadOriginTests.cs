using System.Net;
using Builder.Oci;
using Builder.Registry.Authentication;
using Builder.Registry.Push;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests.Push;

/// <summary>Whom an upload tells the user's password (GHSA-jxpm-75mh-9fp7: nobody but the registry).</summary>
public sealed class UploadOriginTests : PushTest
{
    [Fact]
    public async Task GHSA_jxpm_75mh_9fp7_an_upload_elsewhere_gets_no_credentials()
    {
        await using var storage = new TestRegistry();
        Registry.BasicLogin = "me:secret";
        using var client = new RegistryClient(Hasty with { Credentials = new Known() });

        // The storage host opens the session itself, so that it can take the blob.
        var session = await OpenSessionAsync(storage);
        Registry.UploadLocation = $"http://{storage.Authority}{session}";
        await client.PushBlobAsync(App, Source, null, null, Cancel);
        Assert.Equal(Content, storage.Blob("app", Layer.Digest));
        Assert.All(storage.Requests, request => Assert.Null(request["Authorization"]));
        Assert.Contains(Registry.Requests, request => request["Authorization"] is not null);
    }

    [Fact]
    public async Task A_challenge_from_where_an_upload_was_sent_is_not_answered()
    {
        await using var storage = new TestRegistry { BasicLogin = "me:secret" };
        Registry.BasicLogin = "me:secret";
        using var client = new RegistryClient(Hasty with { Credentials = new Known() });
        Registry.UploadLocation = $"http://{storage.Authority}/v2/app/blobs/uploads/1";
        await FailsAsync(RegistryErrors.Unauthorized, () => client.PushBlobAsync(App, Source, null, null, Cancel));
        Assert.All(storage.Requests, request => Assert.Null(request["Authorization"]));
    }

    [Theory]
    [InlineData("ftp://example.com/x")]
    [InlineData("http://user:password@example.com/x")]
    [InlineData("file:///etc/passwd")]
    public async Task An_upload_is_not_sent_just_anywhere(string location)
    {
        Registry.UploadLocation = location;
        await FailsAsync(RegistryErrors.RefusedRedirect, () => PushAsync());
        Assert.Equal("HEAD POST", Methods);
    }

    [Theory]
    [InlineData("http://registry.example/v2/app/blobs/uploads/1")]
    [InlineData("https://127.0.0.1/1")]
    [InlineData("https://localhost./1")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://10.0.0.1/1")]
    [InlineData("https://192.168.1.1:8443/1")]
    [InlineData("https://[fd00::1]/1")]
    [InlineData("https://[::ffff:172.16.0.1]/1")]
    [InlineData("//100.64.0.1/1")]
    public void An_upload_leads_neither_inside_nor_to_less_protection(string location)
    {
        var e = Assert.Throws<RegistryException>(() => LocationFrom("https://registry.example/v2/", location));
        Assert.Equal(RegistryErrors.RefusedRedirect, e.Code);
        Assert.Equal("registry.example", e.Host);
    }

    [Fact]
    public void An_upload_may_lead_to_another_host_and_stay_inside_where_it_began_inside()
    {
        Assert.Equal("https://storage.example/x?sig=%7E", LocationFrom("https://registry.example/v2/", "https://storage.example/x?sig=%7E"));
        Assert.Equal("https://10.0.0.2/x", LocationFrom("https://10.0.0.1/v2/", "https://10.0.0.2/x"));
    }

    [Fact]
    public async Task An_upload_that_began_over_tls_is_not_sent_in_the_clear()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("registry");
        await using var secure = new TestRegistry(certificate);
        secure.UploadLocation = $"http://{Registry.Authority}/v2/app/blobs/uploads/1";
        using var client = new RegistryClient(Hasty with { Insecure = [secure.Authority] });
        await FailsAsync(RegistryErrors.RefusedRedirect, () => client.PushBlobAsync(secure.Reference("app"), Source, null, null, Cancel));
        Assert.Empty(Registry.Requests);
    }

    private static string LocationFrom(string from, string location)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, from);
        using var answer = new HttpResponseMessage(HttpStatusCode.Accepted) { RequestMessage = request };
        answer.Headers.TryAddWithoutValidation("Location", location);
        return UploadSession.Of(answer, null).Location.OriginalString;
    }

    private static BlobSource Source => BlobSource.Of(Layer, Content);

    private static async Task<string> OpenSessionAsync(TestRegistry storage)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsync(new Uri($"http://{storage.Authority}/v2/app/blobs/uploads/"), null, Cancel);
        return response.Headers.Location!.OriginalString;
    }

    private sealed class Known : ICredentialSource
    {
        public ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken) =>
            new(new Credential("me", "secret"));
    }
}
