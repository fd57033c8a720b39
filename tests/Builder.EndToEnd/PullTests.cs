using System.Text.Json;
using Builder.EndToEnd.Support;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.EndToEnd;

/// <summary>pull, tags, inspect --remote and build --pull against docker-registry, with skopeo as the second opinion.</summary>
public sealed class PullTests
{
    [Fact]
    public async Task What_was_pushed_is_pulled_the_same_and_not_twice()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        var name = $"{registry.Host}/team/app:1.0";
        var id = await PushAsync(builder, name);

        using var other = new BuilderProgram();
        var pulled = (await other.RunAsync("pull", name)).ExpectSuccess();
        Assert.Equal(name + "\n", pulled.Output);
        Assert.Contains("Status: Downloaded newer image", pulled.Error, StringComparison.Ordinal);
        Assert.Contains("Status: Image is up to date", (await other.RunAsync("pull", name)).ExpectSuccess().Error, StringComparison.Ordinal);
        Assert.Equal(id + "\n", (await other.RunAsync("pull", "-q", name)).ExpectSuccess().Output);
        Assert.Equal(id, (await other.RunAsync("images", "-q", "--no-trunc")).ExpectSuccess().Output.Trim());

        Assert.Equal("1.0\n", (await other.RunAsync("tags", $"{registry.Host}/team/app")).ExpectSuccess().Output);
        using var tags = JsonDocument.Parse((await other.RunAsync("tags", "--format", "json", $"{registry.Host}/team/app")).ExpectSuccess().Output);
        Assert.Equal("1.0", tags.RootElement.GetProperty("Tags")[0].GetString());
        using var remote = JsonDocument.Parse((await other.RunAsync("inspect", "--remote", name)).ExpectSuccess().Output);
        Assert.Equal(id, remote.RootElement[0].GetProperty("Id").GetString());

        Tool.Require("skopeo");
        var digest = (await Tool.RunAsync("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{name}")).ExpectSuccess().Output.Trim();
        Assert.Contains($"Digest: {digest}", pulled.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_with_a_password_is_pulled_from_with_a_given_login()
    {
        using var authority = new TestAuthority();
        await using var open = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        var id = await PushAsync(builder, $"{open.Host}/app:1");
        await using var closed = await RegistryServer.StartAsync(new RegistrySetup { Data = open.Data, Authority = authority, BasicLogin = true, RelativeLocations = true });
        var name = $"{closed.Host}/app:1";
        Assert.Contains("BLD4005", (await builder.RunAsync("pull", "--tls-verify=false", name)).Expect(4).Error, StringComparison.Ordinal);
        var login = $"{RegistrySetup.User}:{RegistrySetup.Password}";
        Assert.Equal(id + "\n", (await builder.RunAsync("pull", "-q", "--tls-verify=false", "--creds", login, name)).ExpectSuccess().Output);
    }

    [Fact]
    public async Task Build_asks_registries_when_it_is_told_to()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        var name = $"{registry.Host}/base:1";
        await PushAsync(builder, name);
        var context = builder.Files.Folder("user");
        builder.Files.Write("user/Dockerfile", $"FROM {name}\nLABEL a=b\n");
        using var other = new BuilderProgram();
        Assert.Contains("BLD1051", (await other.RunAsync("build", "--pull=never", context)).Expect(1).Error, StringComparison.Ordinal);
        (await other.RunAsync("pull", name)).ExpectSuccess();
        (await other.RunAsync("build", "--pull=never", context)).ExpectSuccess();
        (await other.RunAsync("build", "--pull", context)).ExpectSuccess();
        await registry.DisposeAsync();
        (await other.RunAsync("build", "--pull=newer", context)).ExpectSuccess();
        (await other.RunAsync("build", "--pull=missing", context)).ExpectSuccess();
        Assert.Contains("BLD4001", (await other.RunAsync("build", "--pull", context)).Expect(4).Error, StringComparison.Ordinal);
        (await other.RunAsync("build", "--pull=sometimes", context)).Expect(2);
    }

    [Fact]
    public async Task An_image_of_a_list_is_known_by_the_digest_of_the_list()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram(Flavour.Jit);
        var name = $"{registry.Host}/both";
        await PushAsync(builder, $"{registry.Host}/one:1");
        (await builder.RunAsync("manifest", "create", "both:1", $"{registry.Host}/one:1")).ExpectSuccess();
        (await builder.RunAsync("manifest", "push", "both:1", $"{name}:1")).ExpectSuccess();

        using var other = new BuilderProgram(Flavour.Jit);
        var list = DigestIn((await other.RunAsync("pull", $"{name}:1")).ExpectSuccess().Error);
        Assert.Equal([$"{name}@{list}"], await RepositoryDigestsAsync($"{name}:1"));
        Assert.Equal([$"{name}@{list}"], await RepositoryDigestsAsync($"{name}@{list}"));
        Assert.Equal($"{list}\n", (await other.RunAsync("images", "--digests", "--format", "{{.Digest}}")).ExpectSuccess().Output);
        (await other.RunAsync("pull", $"{name}@{list}")).ExpectSuccess();
        (await other.RunAsync("tag", $"{name}:1", $"{name}:2")).ExpectSuccess();
        Assert.Equal([$"{name}@{list}"], await RepositoryDigestsAsync($"{name}:2"));

        // The list changes, the image in it does not.
        (await builder.RunAsync("manifest", "annotate", "--annotation", "a=b", "both:1", $"{registry.Host}/one:1")).ExpectSuccess();
        (await builder.RunAsync("manifest", "push", "both:1", $"{name}:1")).ExpectSuccess();
        var again = (await other.RunAsync("pull", $"{name}:1")).ExpectSuccess();
        var changed = DigestIn(again.Error);
        Assert.NotEqual(list, changed);
        Assert.Contains("Status: Image is up to date", again.Error, StringComparison.Ordinal);
        Assert.Contains($"{name}@{changed}", await RepositoryDigestsAsync($"{name}:1"));

        async Task<string[]> RepositoryDigestsAsync(string image)
        {
            using var json = JsonDocument.Parse((await other.RunAsync("inspect", image)).ExpectSuccess().Output);
            return [.. json.RootElement[0].GetProperty("RepoDigests").EnumerateArray().Select(digest => digest.GetString()!)];
        }
    }

    /// <summary>What a proxy says is known from inside the runtime, which a native program may have trimmed.</summary>
    [Fact]
    public async Task A_proxy_that_refuses_is_named_with_its_answer()
    {
        await using var proxy = new ConnectProxy("127.0.0.1:1") { Login = "me:secret" };
        using var builder = new BuilderProgram();
        var options = new ToolOptions { Environment = new Dictionary<string, string> { ["https_proxy"] = $"http://me:wr0ng@{proxy.Authority}" } };
        var refused = (await builder.RunAsync(["pull", "registry.example/app:1"], options)).Expect(4);
        Assert.Contains($"cannot reach registry.example through the proxy {proxy.Authority}: the proxy answers 407", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", refused.Error, StringComparison.Ordinal);
        proxy.Login = null;
        proxy.Failures = 1000;
        Assert.Contains("the proxy answers 502", (await builder.RunAsync(["pull", "registry.example/app:1"], options)).Expect(4).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pull_that_is_killed_goes_on_where_it_was()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        var name = $"{registry.Host}/big:1";
        var id = await PushAsync(builder, name, TestImage.Noise(40 << 20));
        using var other = new BuilderProgram();
        await using (var proxy = new TcpProxy(registry.Host) { StallAfter = 20 << 20 })
        {
            var stalled = await other.RunAsync(
                ["pull", $"{proxy.Authority}/big:1"],
                new ToolOptions
                {
                    Started = process => _ = Task.Run(async () =>
                    {
                        while (proxy.Delivered < 20 << 20)
                        {
                            await Task.Delay(20);
                        }

                        process.Kill();
                    }),
                });
            Assert.NotEqual(0, stalled.ExitCode);
        }

        var again = (await other.RunAsync("pull", name)).ExpectSuccess();
        Assert.Matches("of it from before", again.Error);
        Assert.Contains(id, (await other.RunAsync("images", "-q", "--no-trunc")).ExpectSuccess().Output, StringComparison.Ordinal);
    }

    private static string DigestIn(string text) => "sha256:" + text.Split("sha256:")[1][..64];

    private static async Task<string> PushAsync(BuilderProgram builder, string name, byte[]? content = null)
    {
        var context = builder.Files.Folder("context");
        await File.WriteAllBytesAsync(builder.Files.PathOf("context/file"), content ?? [1, 2, 3]);
        builder.Files.Write("context/Dockerfile", "FROM scratch\nCOPY file /file\n");
        var id = (await builder.RunAsync("build", "-q", "-t", name, context)).ExpectSuccess().Output.Trim();
        (await builder.RunAsync("push", name)).ExpectSuccess();
        return id;
    }
}
