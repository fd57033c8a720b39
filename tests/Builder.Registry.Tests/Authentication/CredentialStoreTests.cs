using System.Text.Json;
using Builder.Diagnostics;
using Builder.Registry.Authentication;
using Builder.Registry.Authentication.Stores;
using Builder.Testing;

namespace Builder.Registry.Tests;

/// <summary>Docker's and Podman's files, and helper programs that are real programs.</summary>
public sealed class CredentialStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string?> variables = [];
    private readonly List<RegistryWarning> warnings = [];

    public CredentialStoreTests() => variables["HOME"] = folder.Path;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private CredentialStore Store => new(new CredentialEnvironment { Variable = variables.GetValueOrDefault }, warnings.Add);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"auths":{"registry.example":{"auth":"YWRhOnNlY3JldA=="}}}""", "ada", "secret")]
    [InlineData("""{"auths":{"https://registry.example/v1/":{"auth":"YWRhOnNlOmNyZXQ="}}}""", "ada", "se:cret")]
    [InlineData("""{"auths":{"https://registry.example":{"username":"ada","password":"p"}}}""", "ada", "p")]
    [InlineData("""{"auths":{"registry.example/v2/":{"auth":"YWRhOnNlY3JldAAAAA=="}}}""", "ada", "secret")]
    [InlineData("""{"auths":{"other.example":{"auth":"YWRhOnNlY3JldA=="}}}""", null, null)]
    [InlineData("""{"auths":{"registry.example":{}}}""", null, null)]
    [InlineData("""{"auths":{"registry.example":{"auth":"!"}},"x":1}""", null, null)]
    [InlineData("""{"auths":{"registry.example:5000":{"auth":"YWRhOnNlY3JldA=="}}}""", null, null)]
    [InlineData("""{}""", null, null)]
    public async Task A_login_is_found_under_any_name_that_docker_gives_it(string json, string? user, string? secret)
    {
        Write(".docker/config.json", json);
        var found = await Store.FindAsync("registry.example", "team/app", Cancel);
        Assert.Equal((user, secret), (found?.UserName, found?.Secret));
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/")]
    [InlineData("docker.io")]
    [InlineData("index.docker.io")]
    [InlineData("registry-1.docker.io")]
    public async Task Docker_hub_has_many_names(string key)
    {
        Write(".docker/config.json", $$"""{"auths":{"{{key}}":{"auth":"YWRhOnNlY3JldA=="} } }""");
        Assert.Equal("secret", (await Store.FindAsync("docker.io", "library/alpine", Cancel))?.Secret);
    }

    [Fact]
    public async Task Identity_and_registry_tokens_are_told_from_passwords()
    {
        Write(".docker/config.json", """{"auths":{"a.example":{"auth":"PHRva2VuPjo=","identitytoken":"i"},"b.example":{"registrytoken":"r"}}}""");
        Assert.Equal(new Credential("<token>", "i") { Kind = CredentialKind.IdentityToken }, await Store.FindAsync("a.example", "x", Cancel));
        Assert.Equal(new Credential("<token>", "r") { Kind = CredentialKind.RegistryToken }, await Store.FindAsync("b.example", "x", Cancel));
    }

    [Fact]
    public async Task The_login_of_a_repository_comes_before_that_of_its_registry()
    {
        Write(".config/containers/auth.json", $$"""{"auths":{"r.example":{"auth":"{{Auth("all")}}"},"r.example/team":{"auth":"{{Auth("team")}}"},"r.example/team/app":{"auth":"{{Auth("app")}}"} } }""");
        Assert.Equal("app", (await Store.FindAsync("r.example", "team/app", Cancel))?.UserName);
        Assert.Equal("team", (await Store.FindAsync("r.example", "team/application", Cancel))?.UserName);
        Assert.Equal("all", (await Store.FindAsync("r.example", "other", Cancel))?.UserName);
    }

    [Fact]
    public async Task Files_are_asked_in_the_documented_order()
    {
        variables["XDG_RUNTIME_DIR"] = folder["run"];
        Write(".config/containers/auth.json", Login("config"));
        Assert.Equal("config", await WhoAsync());
        Write("run/containers/auth.json", Login("runtime"));
        Assert.Equal("runtime", await WhoAsync());
        Write(".docker/config.json", Login("docker"));
        Assert.Equal("docker", await WhoAsync());
        variables["DOCKER_CONFIG"] = folder["elsewhere"];
        Write("elsewhere/config.json", Login("elsewhere"));
        Assert.Equal("elsewhere", await WhoAsync());
        variables["DOCKER_AUTH_CONFIG"] = Login("inline");
        Assert.Equal("inline", await WhoAsync());
        variables["REGISTRY_AUTH_FILE"] = folder["only.json"];
        Assert.Null(await WhoAsync());
        Write("only.json", Login("only"));
        Assert.Equal("only", await WhoAsync());

        async Task<string?> WhoAsync() => (await Store.FindAsync("r.example", "x", Cancel))?.UserName;
    }

    [Fact]
    public async Task A_login_is_written_as_docker_writes_it_and_what_else_is_there_is_kept()
    {
        Write(".docker/config.json", """{"HttpHeaders":{"X-Meta":"1+1"},"auths":{"https://r.example/v1/":{"auth":"b2xkOm9sZA=="},"keep.example":{"auth":"YWRhOnNlY3JldA=="}},"psFormat":"x"}""");
        await Store.SaveAsync("r.example", new Credential("ada", "new"), Cancel);
        await Store.SaveAsync("docker.io", new Credential("ada", "hub"), Cancel);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder[".docker/config.json"], Cancel));
        Assert.Equal("1+1", json.RootElement.GetProperty("HttpHeaders").GetProperty("X-Meta").GetString());
        Assert.Equal("x", json.RootElement.GetProperty("psFormat").GetString());
        Assert.Equal(["keep.example", "r.example", "https://index.docker.io/v1/"], json.RootElement.GetProperty("auths").EnumerateObject().Select(p => p.Name));
        Assert.Equal("YWRhOm5ldw==", json.RootElement.GetProperty("auths").GetProperty("r.example").GetProperty("auth").GetString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[".docker/config.json"]));
        Assert.Equal(["config.json"], Directory.EnumerateFiles(folder[".docker"]).Select(Path.GetFileName));

        Assert.True(await Store.EraseAsync("r.example", Cancel));
        Assert.False(await Store.EraseAsync("r.example", Cancel));
        Assert.Null(await Store.FindAsync("r.example", "x", Cancel));
        Assert.NotNull(await Store.FindAsync("keep.example", "x", Cancel));
    }

    [Fact]
    public async Task A_file_that_lies_elsewhere_is_written_where_it_lies()
    {
        Write("dotfiles/config.json", "{}");
        Directory.CreateDirectory(folder[".docker"]);
        File.CreateSymbolicLink(folder[".docker/config.json"], folder["dotfiles/config.json"]);
        await Store.SaveAsync("r.example", new Credential("ada", "new"), Cancel);
        Assert.NotNull(new FileInfo(folder[".docker/config.json"]).LinkTarget);
        Assert.Contains("r.example", await File.ReadAllTextAsync(folder["dotfiles/config.json"], Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_file_is_named_and_not_quoted()
    {
        Write(".docker/config.json", """{"auths":{"r.example":{"auth":"c2VjcmV0""");
        var e = await Assert.ThrowsAsync<BuilderException>(async () => await Store.FindAsync("r.example", "x", Cancel));
        Assert.Equal(RegistryErrors.CredentialFile, e.Code);
        Assert.Contains(folder[".docker/config.json"], e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_keeps_gives_and_forgets_logins()
    {
        var helper = Helper();
        Write(".docker/config.json", $$"""{"credsStore":"{{helper}}"}""");
        Assert.Null(await Store.FindAsync("r.example", "x", Cancel));
        Assert.Equal($"credential helper {helper}", await Store.SaveAsync("r.example", new Credential("ada", "se\"cret"), Cancel));
        Assert.DoesNotContain("cret", await File.ReadAllTextAsync(folder[".docker/config.json"], Cancel), StringComparison.Ordinal);
        Assert.Equal(new Credential("ada", "se\"cret"), await Store.FindAsync("r.example", "x", Cancel));

        await Store.SaveAsync("docker.io", new Credential("<token>", "id") { Kind = CredentialKind.IdentityToken }, Cancel);
        Assert.Equal(CredentialKind.IdentityToken, (await Store.FindAsync("docker.io", "library/x", Cancel))?.Kind);
        Assert.True(File.Exists(folder["kept/https%index.docker.io%v1%"]));

        Assert.True(await Store.EraseAsync("r.example", Cancel));
        Assert.Null(await Store.FindAsync("r.example", "x", Cancel));
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task A_helper_for_the_registry_comes_before_the_general_one_and_before_the_file()
    {
        var helper = Helper();
        Write(".docker/config.json", $$"""{"credHelpers":{"r.example":"{{helper}}"},"credsStore":"no-such-helper","auths":{"r.example":{"auth":"{{Auth("file")}}"} } }""");
        Assert.Equal("file", (await Store.FindAsync("r.example", "x", Cancel))?.UserName);
        await Store.SaveAsync("r.example", new Credential("helped", "x"), Cancel);
        Assert.Equal("helped", (await Store.FindAsync("r.example", "x", Cancel))?.UserName);
    }

    [Theory]
    [InlineData("no-such-helper")]
    [InlineData("broken")]
    [InlineData("../evil")]
    public async Task A_helper_that_is_missing_or_broken_is_warned_about_and_its_words_are_not_shown(string name)
    {
        var suffix = name == "broken" ? Program("echo 'top secret'; echo 'top secret' >&2; exit 3") : name;
        Write(".docker/config.json", $$"""{"credsStore":"{{suffix}}"}""");
        Assert.Null(await Store.FindAsync("r.example", "x", Cancel));
        var warning = Assert.Single(warnings);
        Assert.Contains(suffix, warning.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", warning.Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BuilderException>(() => Store.SaveAsync("r.example", new Credential("a", "b"), Cancel));
    }

    private static string Auth(string user) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:x"));

    private static string Login(string user) => $$"""{"auths":{"r.example":{"auth":"{{Auth(user)}}"} } }""";

    /// <summary>A helper that keeps what it is given in files.</summary>
    private string Helper()
    {
        Directory.CreateDirectory(folder["kept"]);
        return Program($$"""
            cd {{folder["kept"]}}
            case $1 in
            store) json=$(cat); url=$(echo "$json" | sed 's/.*"ServerURL":"\([^"]*\)".*/\1/' | sed 's/:\/\//%/;s/\//%/g'); echo "$json" > "$url" ;;
            get) url=$(cat | sed 's/:\/\//%/;s/\//%/g'); if [ -f "$url" ]; then cat "$url"; else echo "credentials not found in native keychain"; exit 1; fi ;;
            erase) url=$(cat | sed 's/:\/\//%/;s/\//%/g'); if [ -f "$url" ]; then rm "$url"; else echo "credentials not found in native keychain"; exit 1; fi ;;
            esac
            """);
    }

    /// <summary>Puts a shell script on the path as a helper; returns its suffix.</summary>
    private string Program(string script)
    {
        var suffix = "test" + Path.GetFileName(folder.Path);
        var bin = Directory.CreateDirectory(folder["bin"]).FullName;
        var path = Path.Combine(bin, "docker-credential-" + suffix);
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));

        // .NET looks a program up in this process's own path; one folder more does no harm to other tests.
        Environment.SetEnvironmentVariable("PATH", $"{bin}:{Environment.GetEnvironmentVariable("PATH")}");
        return suffix;
    }

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllText(folder[name], content);
    }
}
