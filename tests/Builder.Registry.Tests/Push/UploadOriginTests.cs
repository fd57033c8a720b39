using Builder.Oci;
using Builder.Registry.Authentication;
using Builder.Registry.Push;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests.Push;

/// <summary>Whom an upload tells the user's password (GHSA-jxpm-75mh-9fp7: nobody but the registry).</summary>
public sealed class UploadOriginTests : PushTest
{
    [Fact]
    public async Task An_upload_elsewhere_gets_no_credentials()
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
