using System.Globalization;
using System.Text.Json;
using Builder.EndToEnd.Support;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.EndToEnd;

/// <summary>Images to registries and between them, with skopeo and buildah as second opinions.</summary>
public sealed class PushTests
{
    private const string Dockerfile = "FROM scratch\nCOPY data /data\nCOPY Dockerfile /Dockerfile\nENV A=b\n";

    [Fact]
    public async Task What_builder_pushes_others_pull_and_the_other_way_round()
    {
        Tool.Require("skopeo");
        await using var server = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram(Flavour.Jit);
        var name = $"{server.Host}/some/app:1";
        await BuildAsync(builder, name);
        var first = (await builder.RunAsync("push", name)).ExpectSuccess();
        Assert.Contains("sent ", first.Error, StringComparison.Ordinal);
        var digest = DigestIn(first.Output);

        // skopeo checks every digest while it copies; --preserve-digests refuses to change one.
        (await Tool.RunAsync("skopeo", "copy", "--src-tls-verify=false", "--preserve-digests", $"docker://{name}", $"oci:{builder.Files.PathOf("layout")}:1")).ExpectSuccess();
        var inspected = (await Tool.RunAsync("skopeo", "inspect", "--tls-verify=false", $"docker://{name}")).ExpectSuccess();
        using (var json = JsonDocument.Parse(inspected.Output))
        {
            Assert.Equal(digest, json.RootElement.GetProperty("Digest").GetString());
            Assert.Equal(2, json.RootElement.GetProperty("Layers").GetArrayLength());
        }

        // And back: pushed by skopeo, copied by builder, the same bytes.
        (await Tool.RunAsync("skopeo", "copy", "--dest-tls-verify=false", "--preserve-digests", $"oci:{builder.Files.PathOf("layout")}:1", $"docker://{server.Host}/by/skopeo:1")).ExpectSuccess();
        var copied = (await builder.RunAsync("copy", $"docker://{server.Host}/by/skopeo:1", $"oci:{builder.Files.PathOf("back")}:1")).ExpectSuccess();
        Assert.Equal(digest, copied.Output.Trim());

        var again = (await builder.RunAsync("push", name)).ExpectSuccess();
        Assert.Equal("nothing to push: the registry has it already", again.Error.Trim());
        Assert.Equal(digest, DigestIn(again.Output));
    }

    [Fact]
    public async Task Buildah_pulls_what_builder_pushed_and_builder_builds_on_what_buildah_pushed()
    {
        Tool.RequireRoot();
        Tool.Require("buildah");
        await using var server = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram(Flavour.Jit);
        string[] storage = ["--root", builder.Files.PathOf("buildah"), "--runroot", builder.Files.PathOf("buildah-run"), "--storage-driver", "vfs"];
        var name = $"{server.Host}/app:1";
        await BuildAsync(builder, name);
        (await builder.RunAsync("push", "--compression", "gzip", "--format", "docker", name)).ExpectSuccess();
        (await Tool.RunAsync("buildah", [.. storage, "pull", "--tls-verify=false", name])).ExpectSuccess();
        (await Tool.RunAsync("buildah", [.. storage, "push", "--tls-verify=false", name, $"docker://{server.Host}/base:1"])).ExpectSuccess();

        var context = builder.Files.Folder("on-top");
        File.WriteAllText(Path.Combine(context, "Dockerfile"), $"FROM {server.Host}/base:1\nCOPY Dockerfile /more\n");
        var built = (await builder.RunAsync("build", "--push", "-t", $"{server.Host}/on/top:1", context)).ExpectSuccess();
        Assert.Contains("2 from other repositories", built.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Podman_pulls_what_builder_pushed_over_tls_with_a_login_and_relative_locations()
    {
        Tool.RequireRoot();
        Tool.Require("podman");
        using var authority = new TestAuthority();
        await using var server = await RegistryServer.StartAsync(new RegistrySetup { Authority = authority, BasicLogin = true, RelativeLocations = true });
        using var builder = new BuilderProgram(Flavour.Jit);
        var certificates = Path.GetDirectoryName(builder.Files.Write($".config/containers/certs.d/{server.Host}/ca.crt", authority.Pem))!;
        var name = $"{server.Host}/some/app:1";
        var login = $"{RegistrySetup.User}:{RegistrySetup.Password}";
        await BuildAsync(builder, name);
        Assert.Contains("BLD4005", (await builder.RunAsync("push", name)).Expect(4).Error, StringComparison.Ordinal);
        var digest = DigestIn((await builder.RunAsync("push", "--creds", login, name)).ExpectSuccess().Output);
        string[] storage = ["--root", builder.Files.PathOf("podman"), "--runroot", builder.Files.PathOf("podman-run"), "--storage-driver", "vfs"];
        (await Tool.RunAsync("podman", [.. storage, "pull", "--cert-dir", certificates, "--creds", login, name])).ExpectSuccess();
        var seen = (await Tool.RunAsync("podman", [.. storage, "inspect", "--format", "{{.Digest}}", name])).ExpectSuccess();
        Assert.Equal(digest, seen.Output.Trim());
    }

    [Fact]
    public async Task A_push_to_a_read_only_registry_is_refused_clearly()
    {
        using var authority = new TestAuthority();
        await using var server = await RegistryServer.StartAsync(new RegistrySetup { Authority = authority, ClientCertificates = true, ReadOnly = true });
        using var builder = new BuilderProgram(Flavour.Jit);
        builder.Files.Write($".config/containers/certs.d/{server.Host}/ca.crt", authority.Pem);
        var (certificate, key) = authority.IssuePem("client");
        builder.Files.Write($".config/containers/certs.d/{server.Host}/client.cert", certificate);
        builder.Files.Write($".config/containers/certs.d/{server.Host}/client.key", key);
        var name = $"{server.Host}/some/app:1";
        await BuildAsync(builder, name);
        var refused = (await builder.RunAsync("push", name)).Expect(4);
        Assert.Contains("BLD4038", refused.Error, StringComparison.Ordinal);
        Assert.Contains(server.Host, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_images_is_made_and_pushed_with_all_of_them()
    {
        Tool.Require("skopeo");
        await using var server = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram(Flavour.Jit);
        await BuildAsync(builder, "one:1");
        await BuildAsync(builder, "two:1", "--platform", "linux/arm64");
        (await builder.RunAsync("manifest", "create", "both:1", "one:1", "two:1")).ExpectSuccess();
        (await builder.RunAsync("manifest", "push", "both:1", $"{server.Host}/both:1")).ExpectSuccess();
        var raw = (await Tool.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{server.Host}/both:1")).ExpectSuccess();
        using var json = JsonDocument.Parse(raw.Output);
        Assert.Equal(["amd64", "arm64"], json.RootElement.GetProperty("manifests").EnumerateArray().Select(entry => entry.GetProperty("platform").GetProperty("architecture").GetString()!).Order());
        (await Tool.RunAsync("skopeo", "copy", "--all", "--src-tls-verify=false", $"docker://{server.Host}/both:1", $"oci:{builder.Files.PathOf("both")}:1")).ExpectSuccess();
    }

    [Fact]
    public async Task An_artifact_travels_with_the_image_and_a_deleted_image_is_gone()
    {
        await using var server = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram(Flavour.Jit);
        var name = $"{server.Host}/app:1";
        await BuildAsync(builder, name);
        (await builder.RunAsync("push", name)).ExpectSuccess();
        var file = builder.Files.Write("report.txt", "all is well");
        var artifact = (await builder.RunAsync("manifest", "attach", "--artifact-type", "application/report", name, $"{file}:text/plain")).ExpectSuccess().Output.Trim();
        (await builder.RunAsync("copy", "--referrers", $"docker://{name}", $"docker://{server.Host}/moved:1")).ExpectSuccess();
        var listed = (await builder.RunAsync("manifest", "referrers", $"{server.Host}/moved:1")).ExpectSuccess();
        Assert.Contains(artifact, listed.Output, StringComparison.Ordinal);
        var refused = (await builder.RunAsync("rm", "--remote", $"{server.Host}/moved:1")).Expect(4);
        Assert.Contains("BLD4040", refused.Error, StringComparison.Ordinal);
    }

    /// <summary>24 MiB with a cut every 3 MiB, or what BUILDER_BIG_PUSH says in MiB with a cut every sixteenth.</summary>
    [Fact]
    public async Task A_line_that_is_cut_again_and_again_carries_an_image_to_a_registry()
    {
        const int Mebibyte = 1 << 20;
        var size = int.TryParse(Environment.GetEnvironmentVariable("BUILDER_BIG_PUSH"), CultureInfo.InvariantCulture, out var given) ? given * Mebibyte : 24 * Mebibyte;
        var limit = Math.Max(size / 16, 3 * Mebibyte);
        await using var server = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram(Flavour.Jit);
        await using var proxy = new CuttingProxy(server.Host, limit);
        var name = $"{proxy.Authority}/big:1";
        await using (var data = File.Create(Path.Combine(Context(builder), "data")))
        {
            for (var written = 0; written < size; written += Mebibyte)
            {
                await data.WriteAsync(TestImage.Noise(Mebibyte, written));
            }
        }

        (await builder.RunAsync("build", "-q", "-t", name, builder.Files.PathOf("context"))).ExpectSuccess();
        var digest = DigestIn((await builder.RunAsync("push", name)).ExpectSuccess().Output);
        Assert.True(proxy.Cuts > 0);

        // What the first cut took away, and one connection's worth to learn from; what the registry has acknowledged goes once.
        Assert.InRange(proxy.BytesToServer, size, size + (4L * limit));
        using var other = new BuilderProgram(Flavour.Jit);
        Assert.Contains(digest, (await other.RunAsync("pull", $"{server.Host}/big@{digest}")).ExpectSuccess().Error, StringComparison.Ordinal);
    }

    /// <summary>What goes over the wire, counted by a registry that writes down each request.</summary>
    [Fact]
    public async Task A_push_asks_and_sends_no_more_than_it_has_to()
    {
        await using var registry = new TestRegistry();
        using var builder = new BuilderProgram(Flavour.Jit);
        var name = $"{registry.Authority}/app:1";
        await BuildAsync(builder, name);
        (await builder.RunAsync("push", name)).ExpectSuccess();

        // Two new layers stream into their uploads; the config is asked for and sent.
        Assert.Equal(2, Count("PATCH"));
        Assert.Equal(3, registry.Requests.Count(r => r.Method == "POST"));
        Assert.Equal(1, registry.Requests.Count(r => r.Method == "PUT" && r.Path.Contains("/manifests/", StringComparison.Ordinal)));
        Assert.True(registry.Requests[^1].Path.EndsWith("/manifests/1", StringComparison.Ordinal), "the tag comes last");

        var before = registry.Requests.Count;
        (await builder.RunAsync("push", name)).ExpectSuccess();
        Assert.Equal(["HEAD"], Since(before));

        before = registry.Requests.Count;
        (await builder.RunAsync("push", name, $"{registry.Authority}/app:2")).ExpectSuccess();
        Assert.Equal(["HEAD", "HEAD", "PUT"], Since(before));

        before = registry.Requests.Count;
        var mounted = (await builder.RunAsync("push", name, $"{registry.Authority}/other:1")).ExpectSuccess();
        Assert.Contains("0 new, 3 from other repositories", mounted.Error, StringComparison.Ordinal);
        Assert.Equal(0, registry.Requests.Skip(before).Where(r => r.Path.Contains("/blobs/", StringComparison.Ordinal)).Sum(r => r.Body.Length));

        int Count(string method) => registry.Requests.Count(r => r.Method == method);
        IEnumerable<string> Since(int from) => registry.Requests.Skip(from).Select(r => r.Method);
    }

    [Fact]
    public async Task What_cannot_be_pushed_is_said_plainly()
    {
        using var builder = new BuilderProgram(Flavour.Jit);
        (await builder.RunAsync("push", "nothing:1")).Expect(1);
        var context = Context(builder);
        Assert.Contains("tag is needed", (await builder.RunAsync("build", "--push", context)).Expect(2).Error, StringComparison.Ordinal);
        (await builder.RunAsync("build", "--annotation", "index:a=b", "-t", "x", context)).Expect(2);
        (await builder.RunAsync("copy", "ftp://x", "oci:y")).Expect(2);
        await BuildAsync(builder, "127.0.0.1:9/app:1");
        var nobody = (await builder.RunAsync("push", "127.0.0.1:9/app:1")).Expect(4);
        Assert.Contains("cannot reach 127.0.0.1:9: connection refused", nobody.Error, StringComparison.Ordinal);
    }

    private static async Task BuildAsync(BuilderProgram builder, string name, params string[] more) =>
        (await builder.RunAsync(["build", "-q", "-t", name, .. more, Context(builder)])).ExpectSuccess();

    private static string Context(BuilderProgram builder)
    {
        var context = builder.Files.Folder("context");
        File.WriteAllBytes(Path.Combine(context, "data"), TestImage.Noise(2_000_000));
        File.WriteAllText(Path.Combine(context, "Dockerfile"), Dockerfile);
        return context;
    }

    private static string DigestIn(string output) => output.Split(' ').First(word => word.StartsWith("sha256:", StringComparison.Ordinal));
}
