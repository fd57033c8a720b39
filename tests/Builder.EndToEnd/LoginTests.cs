using System.Text.Json;
using Builder.EndToEnd.Support;
using Builder.Testing.Http;

namespace Builder.EndToEnd;

/// <summary>login and logout against docker-registry with Basic authentication, TLS and relative locations.</summary>
public sealed class LoginTests
{
    [Fact]
    public async Task A_login_is_proved_kept_as_docker_keeps_it_and_forgotten()
    {
        using var builder = new BuilderProgram();
        using var authority = new TestAuthority();
        await using var registry = await RegistryServer.StartAsync(new RegistrySetup { Authority = authority, BasicLogin = true, RelativeLocations = true });
        var stranger = (await builder.RunAsync(["login", "-u", RegistrySetup.User, "--password-stdin", "--tls-verify=true", registry.Host], Typed(RegistrySetup.Password))).Expect(4);
        Assert.Contains("BLD4003", stranger.Error, StringComparison.Ordinal);
        Assert.Contains("certs.d", stranger.Error, StringComparison.Ordinal);

        builder.Files.Write($".config/containers/certs.d/{registry.Host}/ca.crt", authority.Pem);
        var wrong = (await builder.RunAsync(["login", "-u", RegistrySetup.User, "--password-stdin", registry.Host], Typed("wrong-pa55"))).Expect(4);
        Assert.Contains("BLD4005", wrong.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-pa55", wrong.Error + wrong.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(builder.Files.PathOf(".docker/config.json")));

        var right = (await builder.RunAsync(["login", "-u", RegistrySetup.User, "--password-stdin", registry.Host], Typed(RegistrySetup.Password + "\n"))).ExpectSuccess();
        Assert.Equal("Login Succeeded\n", right.Output);
        var file = builder.Files.PathOf(".docker/config.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using (var json = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)))
        {
            Assert.Equal("YWRhOmxvdmVsYWNl", json.RootElement.GetProperty("auths").GetProperty(registry.Host).GetProperty("auth").GetString());
        }

        await SkopeoReadsItAsync(registry.Host, file);
        Assert.Equal($"Removed the login of {registry.Host}\n", (await builder.RunAsync("logout", registry.Host)).ExpectSuccess().Output);
        Assert.Equal($"Not logged in to {registry.Host}\n", (await builder.RunAsync("logout", registry.Host)).ExpectSuccess().Output);
    }

    /// <summary>Types on a terminal, each answer when its question is there, and looks at what the terminal showed.</summary>
    [Fact]
    public async Task A_password_that_is_typed_is_not_shown()
    {
        Tool.Require("script");
        const string Type = """
            shown=$1; shift
            answer() { for i in $(seq 900); do grep -qs "$1" "$shown" && break; sleep 0.1; done; echo "$2"; }
            { answer 'Username for' "$USER_NAME"; answer 'Password for' "$USER_SECRET"; answer 'Login Succeeded' ''; } | script -qefc "$*" "$shown"
            """;
        using var builder = new BuilderProgram(Flavour.Jit);
        using var authority = new TestAuthority();
        await using var registry = await RegistryServer.StartAsync(new RegistrySetup { Authority = authority, BasicLogin = true });
        builder.Files.Write($".config/containers/certs.d/{registry.Host}/ca.crt", authority.Pem);
        var environment = new Dictionary<string, string>
        {
            ["USER_NAME"] = RegistrySetup.User,
            ["USER_SECRET"] = RegistrySetup.Password,
            ["HOME"] = builder.Files.Path,
            ["NO_COLOR"] = "1",
        };
        var shown = builder.Files.PathOf("shown");
        (await Tool.RunAsync("bash", ["-c", Type, "type", shown, .. builder.CommandLine, "login", registry.Host], new ToolOptions { Environment = environment })).ExpectSuccess();
        var text = await File.ReadAllTextAsync(shown, TestContext.Current.CancellationToken);
        Assert.Contains($"Username for {registry.Host}: {RegistrySetup.User}", text, StringComparison.Ordinal);
        Assert.Contains("Login Succeeded", text, StringComparison.Ordinal);
        Assert.DoesNotContain(RegistrySetup.Password, text.Replace(shown, "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(File.Exists(builder.Files.PathOf(".docker/config.json")));
    }

    [Fact]
    public async Task A_login_needs_somebody_to_ask()
    {
        using var builder = new BuilderProgram();
        var asked = (await builder.RunAsync("login", "127.0.0.1:1")).Expect(2);
        Assert.Contains("--password-stdin", asked.Error, StringComparison.Ordinal);
        (await builder.RunAsync("login", "--password-stdin", "127.0.0.1:1")).Expect(2);
        (await builder.RunAsync("login", "-u", "a", "-p", "b", "not a registry")).Expect(2);
    }

    private static async Task SkopeoReadsItAsync(string host, string file)
    {
        if (Tool.Exists("skopeo"))
        {
            var who = (await Tool.RunAsync("skopeo", "login", "--get-login", "--authfile", file, host)).ExpectSuccess();
            Assert.Equal(RegistrySetup.User, who.Output.Trim());
        }
    }

    private static ToolOptions Typed(string text) => new() { Input = text };
}
