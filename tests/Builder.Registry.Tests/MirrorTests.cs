using Builder.Diagnostics;
using Builder.Oci;
using Builder.Registry.Authentication;
using Builder.Registry.Authentication.Stores;
using Builder.Registry.Configuration;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

/// <summary>registries.conf and hosts.toml, read as their own programs read them, and what is asked because of them.</summary>
public sealed class MirrorTests : RegistryTest
{
    private static readonly Platform Amd64 = new("amd64", "linux");
    private static readonly TestImage Image = TestImage.Of(Amd64, TestImage.Noise(1000));
    private readonly TemporaryFolder folder = new();

    private MachineSettings Settings => new(new CredentialEnvironment { Variable = name => name switch { "HOME" => folder.Path, "CONTAINERS_REGISTRIES_CONF" => folder["registries.conf"], _ => null } });

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(500)]
    public async Task Fault_44_a_mirror_that_fails_is_passed_over_and_gets_no_login(int status)
    {
        await using var mirror = new TestRegistry();
        mirror.Fail(_ => true, (_, _) => TestRegistry.Error(status, "X", "no").With("WWW-Authenticate", "Basic realm=\"x\""), times: 1000);
        Registry.AddImage("team/app", "1", Image);
        Registry.BasicLogin = "ada:secret";
        Conf($"""
            [[registry]]
            location = "{Registry.Authority}"
            [[registry.mirror]]
            location = "{mirror.Authority}/cache"
            """);
        Client = new RegistryClient(Options() with { Credentials = new GivenCredentials(Registry.Authority, new Credential("ada", "secret"), AnonymousCredentials.Instance) });
        var found = await Client.ResolveAsync(Registry.Reference("team/app:1"), Amd64, Cancel);
        await Client.FetchBlobAsync(found.Reference, found.Manifest.Layers[0], new MemoryStream(), null, Cancel);
        Assert.All(mirror.Requests, request => Assert.StartsWith("/v2/cache/team/app/", request.Path, StringComparison.Ordinal));
        Assert.All(mirror.Requests, request => Assert.Null(request["Authorization"]));
        Assert.NotEmpty(mirror.Requests);
    }

    [Fact]
    public async Task Fault_44_a_mirror_with_the_wrong_bytes_is_passed_over()
    {
        await using var mirror = new TestRegistry();
        mirror.AddImage("team/app", "1", Image);
        mirror.Fail(r => r.Path.Contains("/manifests/", StringComparison.Ordinal), (_, right) => right with { Body = [.. right.Body, (byte)' '] }, times: 100);
        Registry.AddImage("team/app", "1", Image);
        Conf($"[[registry]]\nlocation = \"{Registry.Authority}\"\n[[registry.mirror]]\nlocation = \"{mirror.Authority}\"\n");
        Client = new RegistryClient(Options());
        var found = await Client.ResolveAsync(Registry.Reference($"team/app@{Image.Descriptor.Digest}"), Amd64, Cancel);
        Assert.Equal(Image.Manifest, found.Document);
        Assert.Single(Registry.Requests);
    }

    [Fact]
    public async Task A_mirror_that_serves_all_spares_the_registry()
    {
        await using var mirror = new TestRegistry();
        mirror.AddImage("team/app", "1", Image);
        Conf($"[[registry]]\nprefix = \"{Registry.Authority}/team\"\nlocation = \"{Registry.Authority}/team\"\n[[registry.mirror]]\nlocation = \"{mirror.Authority}/team\"\n");
        Client = new RegistryClient(Options());
        var found = await Client.ResolveAsync(Registry.Reference("team/app:1"), Amd64, Cancel);
        await Client.FetchDocumentAsync(found.Reference, found.Manifest.Config, Cancel);
        await Client.FetchBlobAsync(found.Reference, found.Manifest.Layers[0], new MemoryStream(), null, Cancel);
        Assert.Empty(Registry.Requests);
        Assert.Equal(3, mirror.Requests.Count);
    }

    [Fact]
    public async Task A_mirror_for_digests_is_not_asked_for_tags()
    {
        await using var mirror = new TestRegistry();
        mirror.AddImage("app", "1", Image);
        Registry.AddImage("app", "1", Image);
        Conf($"[[registry]]\nlocation = \"{Registry.Authority}\"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = \"{mirror.Authority}\"\n");
        Client = new RegistryClient(Options());
        var found = await Client.ResolveAsync(Registry.Reference("app:1"), Amd64, Cancel);
        Assert.Empty(mirror.Requests);
        await Client.FetchDocumentAsync(found.Reference, found.Manifest.Config, Cancel);
        Assert.Single(mirror.Requests);
    }

    [Fact]
    public async Task A_transfer_that_breaks_for_good_goes_on_at_the_next_place()
    {
        await using var mirror = new TestRegistry();
        var content = TestImage.Noise(300_000);
        var blob = mirror.AddBlob("app", content);
        Registry.AddBlob("app", content);
        mirror.Fail(Blobs, (_, right) => right with { CutAfter = 100_000 });
        mirror.Fail(Blobs, (_, _) => new TestResponse(404), times: 100);
        Conf($"[[registry]]\nlocation = \"{Registry.Authority}\"\n[[registry.mirror]]\nlocation = \"{mirror.Authority}\"\n");
        Client = new RegistryClient(Options());
        using var written = new MemoryStream();
        await Client.FetchBlobAsync(Registry.Reference("app"), blob, written, null, Cancel);
        Assert.Equal(content, written.ToArray());
        Assert.Equal(["bytes=100000-"], Registry.Requests.Select(r => r["Range"]));
    }

    [Fact]
    public async Task What_is_blocked_is_not_asked()
    {
        Conf($"[[registry]]\nprefix = \"{Registry.Authority}/team\"\nblocked = true\n");
        Client = new RegistryClient(Options());
        await FailsAsync(RegistryErrors.Blocked, () => Client.ResolveAsync(Registry.Reference("team/app"), Amd64, Cancel));
        Assert.Empty(Registry.Requests);
        await FailsAsync(RegistryErrors.NotFound, () => Client.ResolveAsync(Registry.Reference("teams/app"), Amd64, Cancel));
    }

    [Fact]
    public async Task Hosts_toml_names_mirrors_with_what_they_may_be_asked_for()
    {
        await using var mirror = new TestRegistry();
        mirror.AddImage("app", "1", Image);
        Registry.AddImage("app", "1", Image);
        var (host, port) = (Registry.Authority.Split(':')[0], Registry.Authority.Split(':')[1]);
        Write($".config/containerd/certs.d/{host}_{port}_/hosts.toml", $"""
            server = "http://{Registry.Authority}"
            [host."http://{mirror.Authority}"]
              capabilities = ["pull"]
              [host."http://{mirror.Authority}".header]
                X-Team = "blue"
            """);
        Client = new RegistryClient(Options());
        var found = await Client.ResolveAsync(Registry.Reference("app:1"), Amd64, Cancel);
        Assert.Empty(mirror.Requests);
        await Client.FetchDocumentAsync(found.Reference, found.Manifest.Config, Cancel);
        var asked = Assert.Single(mirror.Requests);
        Assert.Equal([Registry.Authority], asked.Query("ns"));
        Assert.Equal("blue", asked["X-Team"]);
        Assert.DoesNotContain(Registry.Requests, request => request["X-Team"] is not null);
    }

    [Fact]
    public void Short_names_mean_what_the_configuration_says()
    {
        Conf("unqualified-search-registries = [\"a.example\", \"docker.io\"]\n[aliases]\n\"tool\" = \"b.example/team/tool\"\n");
        Assert.Equal(["a.example/x:1", "docker.io/library/x:1"], Settings.Candidates("x:1").Select(r => r.ToString()));
        Assert.Equal(["b.example/team/tool:2"], Settings.Candidates("tool:2").Select(r => r.ToString()));
        Assert.Equal(["docker.io/library/x:latest"], Settings.Candidates("docker.io/library/x").Select(r => r.ToString()));
        Assert.Equal(["r.example/x:latest"], Settings.Candidates("r.example/x").Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("[[registry]]\nblocked = true\n")]
    [InlineData("[[registry]\n")]
    [InlineData("[registries.search]\nregistries = ['x']\n")]
    [InlineData("[[registry]]\nlocation='x.example'\n[[registry.mirror]]\nlocation='y.example'\npull-from-mirror='some'\n")]
    public void A_configuration_that_cannot_be_used_is_named(string text)
    {
        Conf(text);
        var e = Assert.ThrowsAny<BuilderException>(() => Settings.Options());
        Assert.Equal(RegistryErrors.Configuration, e.Code);
        Assert.Contains(folder["registries.conf"], e.Message, StringComparison.Ordinal);
    }

    private RegistryOptions Options() => Settings.Options() with { FirstPause = Hasty.FirstPause, Jitter = Hasty.Jitter };

    private void Conf(string text) => Write("registries.conf", text);

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllText(folder[name], content);
    }
}
