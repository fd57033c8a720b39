using Builder.Oci;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

/// <summary>certs.d, and hosts that the user takes as they are.</summary>
public sealed class CertificateTests : IDisposable
{
    private static readonly RegistryOptions Hasty = new() { FirstPause = TimeSpan.FromMilliseconds(1), Jitter = () => 0 };
    private static readonly TestImage Image = TestImage.Of(new Platform("amd64", "linux"), TestImage.Noise(10));
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task An_authority_in_certs_d_is_trusted_for_its_host_only()
    {
        using var certificate = authority.Issue("registry");
        await using var one = new TestRegistry(certificate);
        await using var two = new TestRegistry(certificate);
        one.AddImage("app", "1", Image);
        Write($"{one.Authority}/ca.crt", authority.Pem);
        using var client = new RegistryClient(Hasty with { CertificateFolders = [folder.Path], Tls = [two.Authority] });
        await client.FindAsync(one.Reference("app:1"), Cancel);
        var e = await Assert.ThrowsAsync<RegistryException>(() => client.FindAsync(two.Reference("app:1"), Cancel));
        Assert.Equal(RegistryErrors.Tls, e.Code);
        Assert.Contains($"certs.d/{two.Authority}", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_all_the_same()
    {
        using var other = new TestAuthority();
        using var certificate = other.Issue("registry");
        await using var registry = new TestRegistry(certificate);
        Write($"{registry.Authority}/ca.crt", authority.Pem);
        using var client = new RegistryClient(Hasty with { CertificateFolders = [folder.Path] });
        await Assert.ThrowsAsync<RegistryException>(() => client.FindAsync(registry.Reference("app:1"), Cancel));
        Assert.Empty(registry.Requests);
    }

    [Fact]
    public async Task An_insecure_host_is_taken_with_any_certificate_and_without_one()
    {
        using var certificate = authority.Issue("registry");
        await using var secure = new TestRegistry(certificate);
        await using var plain = new TestRegistry();
        secure.AddImage("app", "1", Image);
        plain.AddImage("app", "1", Image);
        using var client = new RegistryClient(Hasty with { Insecure = [secure.Authority, plain.Authority] });
        await client.FindAsync(secure.Reference("app:1"), Cancel);
        await client.FindAsync(plain.Reference("app:1"), Cancel);
        await client.FindAsync(plain.Reference("app:1"), Cancel);
        Assert.Equal(["/v2/", "/v2/app/manifests/1", "/v2/app/manifests/1"], plain.Requests.Select(r => r.Path));
    }

    [Theory]
    [InlineData("bad.crt", "nonsense")]
    [InlineData("lonely.key", "x")]
    [InlineData("bad.cert", "nonsense")]
    public async Task What_cannot_be_read_is_named(string name, string content)
    {
        Write($"127.0.0.1:1/{name}", content);
        using var client = new RegistryClient(Hasty with { CertificateFolders = [folder.Path] });
        var e = await Assert.ThrowsAsync<RegistryException>(() => client.FindAsync(ImageReference.Parse("127.0.0.1:1/app"), Cancel));
        Assert.Equal(RegistryErrors.Certificate, e.Code);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllText(folder[name], content);
    }
}
