using System.Net.Http.Headers;
using Builder.EndToEnd.Support;
using Builder.Oci;
using Builder.Registry.Authentication;
using Builder.Registry.Push;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

/// <summary>The client against the distribution project's registry, with skopeo as the second opinion.</summary>
public sealed class RealRegistryTests
{
    private static readonly Platform Amd64 = new("amd64", "linux");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_in_docker_registry_is_pulled_as_it_was_stored()
    {
        await using var server = await RegistryServer.StartAsync();
        var image = TestImage.Of(Amd64, TestImage.Noise(3_000_000), []);
        var other = TestImage.Of(new Platform("arm64", "linux"), TestImage.Noise(10, 7));
        var index = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [image.Descriptor, other.Descriptor] });
        await PushAsync(server.Host, image, "amd64");
        await PushAsync(server.Host, other, "arm64");
        await PutManifestAsync(server.Host, "multi", MediaTypes.OciIndex, index);

        using var client = new RegistryClient();
        var reference = ImageReference.Parse($"{server.Host}/some/app:multi");
        var found = await client.ResolveAsync(reference, Amd64, Cancel);
        Assert.Equal(image.Manifest, found.Document);
        Assert.Equal(Digest.Of(index), found.RepositoryDigest);
        Assert.Equal(found.Index, await client.FindAsync(reference, Cancel));
        Assert.Equal(image.Config, await client.FetchDocumentAsync(reference, found.Manifest.Config, Cancel));
        foreach (var (layer, content) in found.Manifest.Layers.Zip(image.Layers))
        {
            using var written = new MemoryStream();
            await client.FetchBlobAsync(reference, layer, written, null, Cancel);
            Assert.Equal(content, written.ToArray());
        }

        var missing = await Assert.ThrowsAsync<RegistryException>(() => client.ResolveAsync(ImageReference.Parse($"{server.Host}/some/app:nope"), Amd64, Cancel));
        Assert.Equal(RegistryErrors.NotFound, missing.Code);

        Tool.Require("skopeo");
        var raw = (await Tool.RunAsync("skopeo", "inspect", "--tls-verify=false", "--raw", $"docker://{server.Host}/some/app:amd64")).ExpectSuccess();
        Assert.Equal(raw.Output, System.Text.Encoding.UTF8.GetString(found.Document));
    }

    [Fact]
    public async Task A_registry_with_a_password_and_a_certificate_of_its_own_is_pulled_from()
    {
        using var authority = new TestAuthority();
        using var folder = new TemporaryFolder();
        var image = TestImage.Of(Amd64, TestImage.Noise(2_000_000));
        await using var open = await RegistryServer.StartAsync();
        await PushAsync(open.Host, image, "1");
        await using var closed = await RegistryServer.StartAsync(new RegistrySetup { Data = open.Data, Authority = authority, BasicLogin = true, RelativeLocations = true });
        Trust(folder, closed.Host, authority);
        var reference = ImageReference.Parse($"{closed.Host}/some/app:1");
        using (var stranger = new RegistryClient(new RegistryOptions { CertificateFolders = [folder.Path] }))
        {
            var e = await Assert.ThrowsAsync<RegistryException>(() => stranger.ResolveAsync(reference, Amd64, Cancel));
            Assert.Equal(RegistryErrors.Unauthorized, e.Code);
        }

        var credential = new Credential(RegistrySetup.User, RegistrySetup.Password);
        using var client = new RegistryClient(new RegistryOptions { CertificateFolders = [folder.Path], Credentials = new GivenCredentials(closed.Host, credential, AnonymousCredentials.Instance) });
        await AssertPulledAsync(client, reference, image);
        Assert.True(await client.LogInAsync(closed.Host, Cancel));
    }

    [Fact]
    public async Task Tokens_that_live_for_a_second_are_renewed_on_the_way()
    {
        await using var tokens = new JwtTokens { Lifetime = TimeSpan.FromSeconds(1), Login = "ada:secret" };
        var image = TestImage.Of(Amd64, TestImage.Noise(100_000), TestImage.Noise(100_000, 2), TestImage.Noise(100_000, 3));
        await using var open = await RegistryServer.StartAsync();
        await PushAsync(open.Host, image, "1");
        await using var closed = await RegistryServer.StartAsync(new RegistrySetup { Data = open.Data, Tokens = tokens });
        using var client = new RegistryClient(new RegistryOptions { Credentials = new GivenCredentials(closed.Host, new Credential("ada", "secret"), AnonymousCredentials.Instance) });
        var reference = ImageReference.Parse($"{closed.Host}/some/app:1");
        await client.ResolveAsync(reference, Amd64, Cancel);
        Assert.Single(tokens.Requests);

        // The client believes that a token lives for a minute: that this one does not, it hears from the registry.
        await Task.Delay(TimeSpan.FromSeconds(2.1), Cancel);
        await AssertPulledAsync(client, reference, image);
    }

    [Fact]
    public async Task A_read_only_registry_that_wants_a_certificate_of_its_clients_gets_one()
    {
        using var authority = new TestAuthority();
        using var folder = new TemporaryFolder();
        var image = TestImage.Of(Amd64, TestImage.Noise(1_000_000));
        await using var open = await RegistryServer.StartAsync();
        await PushAsync(open.Host, image, "1");
        await using var closed = await RegistryServer.StartAsync(new RegistrySetup { Data = open.Data, Authority = authority, ClientCertificates = true, ReadOnly = true });
        Trust(folder, closed.Host, authority);
        var reference = ImageReference.Parse($"{closed.Host}/some/app:1");
        using (var stranger = new RegistryClient(new RegistryOptions { CertificateFolders = [folder.Path], FirstPause = TimeSpan.FromMilliseconds(1) }))
        {
            await Assert.ThrowsAsync<RegistryException>(() => stranger.ResolveAsync(reference, Amd64, Cancel));
        }

        var (certificate, key) = authority.IssuePem("client");
        await File.WriteAllTextAsync(folder[$"{closed.Host}/client.cert"], certificate, Cancel);
        await File.WriteAllTextAsync(folder[$"{closed.Host}/client.key"], key, Cancel);
        using var client = new RegistryClient(new RegistryOptions { CertificateFolders = [folder.Path] });
        await AssertPulledAsync(client, reference, image);

        // What may be read may not be written, and that is said at once and by name.
        var content = TestImage.Noise(1000, 5);
        var blob = new Descriptor(MediaTypes.OciLayer, Digest.Of(content), content.Length);
        var refused = await Assert.ThrowsAsync<RegistryException>(() => client.PushBlobAsync(reference, BlobSource.Of(blob, content), null, null, Cancel));
        Assert.Equal(RegistryErrors.ReadOnly, refused.Code);
        Assert.Equal(closed.Host, refused.Host);
    }

    [Fact]
    public async Task A_push_goes_to_a_registry_with_a_password_over_tls_and_relative_locations()
    {
        using var authority = new TestAuthority();
        using var folder = new TemporaryFolder();
        var image = TestImage.Of(Amd64, TestImage.Noise(2_000_000), TestImage.Noise(10, 2));
        await using var server = await RegistryServer.StartAsync(new RegistrySetup { Authority = authority, BasicLogin = true, RelativeLocations = true });
        Trust(folder, server.Host, authority);
        var reference = ImageReference.Parse($"{server.Host}/some/app:1");
        using var client = new RegistryClient(new RegistryOptions
        {
            CertificateFolders = [folder.Path],
            Credentials = new GivenCredentials(server.Host, new Credential(RegistrySetup.User, RegistrySetup.Password), AnonymousCredentials.Instance),
        });
        await PushAsync(client, reference, image);
        await AssertPulledAsync(client, reference, image);

        Tool.Require("skopeo");
        var digest = await Tool.RunAsync("skopeo", "inspect", "--cert-dir", folder[server.Host], "--creds", $"{RegistrySetup.User}:{RegistrySetup.Password}", "--format", "{{.Digest}}", $"docker://{reference}");
        Assert.Equal(image.Descriptor.Digest.ToString(), digest.ExpectSuccess().Output.Trim());
    }

    [Fact]
    public async Task A_push_that_takes_longer_than_its_token_lives_ends_with_another_token()
    {
        await using var tokens = new JwtTokens { Lifetime = TimeSpan.FromSeconds(1), Login = "ada:secret" };
        await using var server = await RegistryServer.StartAsync(new RegistrySetup { Tokens = tokens });
        using var client = new RegistryClient(new RegistryOptions { Credentials = new GivenCredentials(server.Host, new Credential("ada", "secret"), AnonymousCredentials.Instance) });
        var reference = ImageReference.Parse($"{server.Host}/some/app:1");
        var content = TestImage.Noise(300_000);
        var pushed = await client.PushBlobAsync(reference, new Throttled(content, TimeSpan.FromSeconds(2.5)), null, null, Cancel);
        Assert.Equal(Digest.Of(content), pushed.Blob.Digest);
        Assert.True(tokens.Requests.Count > 1, "one token was good for all of it");

        using var written = new MemoryStream();
        await client.FetchBlobAsync(reference, pushed.Blob, written, null, Cancel);
        Assert.Equal(content, written.ToArray());
    }

    private static async Task PushAsync(RegistryClient client, ImageReference reference, TestImage image)
    {
        foreach (var (blob, content) in image.LayerDescriptors.Zip(image.Layers).Append((image.ConfigDescriptor, image.Config)))
        {
            await client.PushBlobAsync(reference, BlobSource.Of(blob, content), null, null, Cancel);
        }

        await client.PutManifestAsync(reference, MediaTypes.OciManifest, image.Manifest, Cancel);
    }

    private static async Task AssertPulledAsync(RegistryClient client, ImageReference reference, TestImage image)
    {
        var found = await client.ResolveAsync(reference, Amd64, Cancel);
        Assert.Equal(image.Manifest, found.Document);
        Assert.Equal(image.Config, await client.FetchDocumentAsync(reference, found.Manifest.Config, Cancel));
        foreach (var (layer, content) in found.Manifest.Layers.Zip(image.Layers))
        {
            using var written = new MemoryStream();
            await client.FetchBlobAsync(reference, layer, written, null, Cancel);
            Assert.Equal(content, written.ToArray());
        }
    }

    private static void Trust(TemporaryFolder folder, string host, TestAuthority authority)
    {
        Directory.CreateDirectory(folder[host]);
        File.WriteAllText(folder[$"{host}/ca.crt"], authority.Pem);
    }

    /// <summary>Uploads with nothing but HTTP, so that no code of ours agrees with itself.</summary>
    private static async Task PushAsync(string host, TestImage image, string tag)
    {
        using var http = new HttpClient();
        foreach (var blob in image.Layers.Append(image.Config))
        {
            using var begun = (await http.PostAsync(new Uri($"http://{host}/v2/some/app/blobs/uploads/"), null, Cancel)).EnsureSuccessStatusCode();
            using var content = new ByteArrayContent(blob);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var done = await http.PutAsync(new Uri($"{begun.Headers.Location}&digest={Digest.Of(blob)}"), content, Cancel);
            done.EnsureSuccessStatusCode();
        }

        await PutManifestAsync(host, tag, MediaTypes.OciManifest, image.Manifest);
    }

    private static async Task PutManifestAsync(string host, string tag, string type, byte[] manifest)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(manifest);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var done = await http.PutAsync(new Uri($"http://{host}/v2/some/app/manifests/{tag}"), content, Cancel);
        done.EnsureSuccessStatusCode();
    }

    /// <summary>Content that is only known when it has been read, and takes its time for that.</summary>
    private sealed class Throttled(byte[] content, TimeSpan duration) : BlobSource
    {
        public override Descriptor? Descriptor => null;

        public override Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken) => Task.FromResult<Stream>(new SlowStream(content[(int)offset..], duration));

        public override Descriptor Finished() => new(MediaTypes.OciLayer, Digest.Of(content), content.Length);
    }

    private sealed class SlowStream(byte[] content, TimeSpan duration) : MemoryStream(content, writable: false)
    {
        private const int Pieces = 10;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(duration / Pieces, cancellationToken);
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, Math.Max(1, (int)Length / Pieces))], cancellationToken);
        }
    }
}
