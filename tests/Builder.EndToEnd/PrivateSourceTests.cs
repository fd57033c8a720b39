using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Builder.EndToEnd.Support;
using Builder.Testing.Http;

namespace Builder.EndToEnd;

/// <summary>Sources that want to know who asks: <c>--secret</c> and <c>--ssh</c> reach them (G4, G7, G8), and nothing else does.</summary>
public sealed class PrivateSourceTests
{
    private const string Token = "t0ken-that-nobody-may-see";

    private static readonly string Basic = Convert.ToBase64String(Encoding.ASCII.GetBytes("x-access-token:" + Token));

    [Theory]
    [InlineData("GIT_AUTH_TOKEN")]
    [InlineData("GIT_AUTH_TOKEN.127.0.0.1")]
    [InlineData("GIT_AUTH_HEADER")]
    public async Task A_token_opens_a_repository_and_is_seen_nowhere(string id)
    {
        using var builder = new BuilderProgram();
        await using var server = await RepositoryServerAsync(builder);
        builder.Files.Write("secret", id == "GIT_AUTH_HEADER" ? $"Basic {Basic}\n" : Token + "\n");
        builder.Files.Write("context/Dockerfile", $"FROM scratch\nADD http://{server.Authority}/r.git /g/\n");
        string[] build = ["build", "--no-cache", "--progress=plain", builder.Files.PathOf("context")];
        Assert.Contains("BLD4061", (await builder.RunAsync(build)).Expect(4).Error, StringComparison.Ordinal);

        var built = (await builder.RunAsync([.. build, "--secret", $"id={id},src={builder.Files.PathOf("secret")}"])).ExpectSuccess();
        AssertUnseen(builder, built);

        // The repository is a context, too.
        (await builder.RunAsync("build", $"http://{server.Authority}/r.git", "--secret", $"id={id},src={builder.Files.PathOf("secret")}")).ExpectSuccess();
        builder.AssertNothingIsLeftBehind();
    }

    [Theory]
    [InlineData("HTTP_AUTH_TOKEN_127.0.0.1", Token)]
    [InlineData("HTTP_AUTH_HEADER_127.0.0.1", "Bearer " + Token)]
    public async Task A_token_opens_a_url(string id, string value)
    {
        using var builder = new BuilderProgram();
        await using var server = new TestServer(request => request["Authorization"] == "Bearer " + Token ? TestResponse.Text(200, "hello") : TestResponse.Text(401, "who?"));
        builder.Files.Write("context/Dockerfile", $"FROM scratch\nADD http://{server.Authority}/f /\n");
        string[] build = ["build", builder.Files.PathOf("context")];
        Assert.Contains("BLD4050", (await builder.RunAsync(build)).Expect(4).Error, StringComparison.Ordinal);
        var environment = new ToolOptions { Environment = new Dictionary<string, string> { ["MY_TOKEN"] = value } };
        AssertUnseen(builder, (await builder.RunAsync([.. build, "--secret", $"id={id},env=MY_TOKEN"], environment)).ExpectSuccess());

        environment = new ToolOptions { Environment = new Dictionary<string, string> { ["MY_TOKEN"] = "a\nX-Other: b" } };
        Assert.Contains("BLD2062", (await builder.RunAsync([.. build, "--no-cache", "--secret", $"id={id},env=MY_TOKEN"], environment)).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_opens_a_repository_behind_ssh()
    {
        Tool.Require("git", "sshd", "ssh-keygen", "ssh-agent", "ssh-add");
        using var builder = new BuilderProgram();
        await RepositoryAsync(builder, "printf 'FROM scratch\\nCOPY . /\\n' > Dockerfile");
        using var place = new TestFolder();
        await using var server = await SshServer.StartAsync(place);
        var url = $"ssh://root@127.0.0.1:{server.Port}{builder.Files.PathOf("r.git")}";
        builder.Files.Write("context/Dockerfile", $"FROM scratch\nADD {url}#main /g/\n");
        string[] build = ["build", "--no-cache", builder.Files.PathOf("context")];

        // Neither the keys in the home nor the agent of the environment are the Dockerfile's.
        var none = (await builder.RunAsync(build)).Expect(4).Error;
        Assert.Contains("BLD4061", none, StringComparison.Ordinal);
        Assert.Contains("--ssh default", none, StringComparison.Ordinal);
        string[] key = ["--ssh", "default=" + server.Key];
        (await builder.RunAsync([.. build, .. key])).ExpectSuccess();
        (await builder.RunAsync(["build", url, .. key])).ExpectSuccess();

        // A host whose key is known has to show it.
        builder.Files.Write(".ssh/known_hosts", $"[127.0.0.1]:{server.Port} {File.ReadAllText(server.Key + ".pub")}");
        var wrong = (await builder.RunAsync([.. build, .. key])).Expect(4).Error;
        Assert.Contains("BLD4061", wrong, StringComparison.Ordinal);
        builder.Files.Write(".ssh/known_hosts", $"[127.0.0.1]:{server.Port} {File.ReadAllText(server.HostKey + ".pub")}");
        (await builder.RunAsync([.. build, .. key])).ExpectSuccess();
        builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task The_dockerfile_is_at_a_url()
    {
        using var builder = new BuilderProgram();
        await using var server = new TestServer(request => request.Path == "/d/Dockerfile" ? TestResponse.Text(200, "FROM scratch\nCOPY f /\n") : TestResponse.Text(404, "no"));
        builder.Files.Write("context/f", "x");
        (await builder.RunAsync("build", "-f", $"http://{server.Authority}/d/Dockerfile?token=x", builder.Files.PathOf("context"))).ExpectSuccess();
        Assert.Contains("BLD4050", (await builder.RunAsync("build", "-f", $"http://{server.Authority}/nope", builder.Files.PathOf("context"))).Expect(4).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("0", false)]
    public async Task The_git_folder_of_a_context_is_kept_on_demand(string value, bool isKept)
    {
        using var builder = new BuilderProgram();
        await using var server = await RepositoryServerAsync(builder, isOpen: true);
        var tar = builder.Files.PathOf("out.tar");
        (await builder.RunAsync("build", "-o", "type=tar,dest=" + tar, "--build-arg", "BUILDKIT_CONTEXT_KEEP_GIT_DIR=" + value, $"http://{server.Authority}/r.git")).ExpectSuccess();
        Assert.Equal(isKept, (await Tool.RunAsync("tar", "-tf", tar)).ExpectSuccess().Output.Split('\n').Contains(".git/HEAD"));
    }

    [Theory] // S2: of a named context, of a stage that is one source
    [InlineData("repo", "FROM scratch\nCOPY --from=repo / /\n")]
    [InlineData("code", "FROM scratch AS code\nARG URL\nADD $URL /\nFROM scratch\nCOPY --from=code / /\n")]
    public async Task A_sources_time_is_the_images(string name, string dockerfile)
    {
        using var builder = new BuilderProgram();
        await using var server = await RepositoryServerAsync(builder, isOpen: true);
        builder.Files.Write("context/Dockerfile", dockerfile);
        var url = $"http://{server.Authority}/r.git";
        (await builder.RunAsync(
            "build", "-t", "dated", "--build-arg", "SOURCE_DATE_EPOCH=" + name, "--build-arg", "URL=" + url, "--build-context", "repo=" + url, builder.Files.PathOf("context"))).ExpectSuccess();
        Assert.Contains("2020-09-13T12:26:40", (await builder.RunAsync("inspect", "dated")).ExpectSuccess().Output, StringComparison.Ordinal);
    }

    /// <summary>Neither in what was said nor in any file of the store.</summary>
    private static void AssertUnseen(BuilderProgram builder, ToolResult result)
    {
        foreach (var secret in new[] { Token, Basic })
        {
            Assert.DoesNotContain(secret, result.Output + result.Error, StringComparison.Ordinal);
            var bytes = Encoding.ASCII.GetBytes(secret);
            var files = Directory.EnumerateFiles(builder.Store, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });
            Assert.DoesNotContain(files, file => new FileInfo(file).LinkTarget is null && File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0);
        }
    }

    /// <summary>A repository that opens for the token alone, and looks whether any program has it on its command line.</summary>
    private static async Task<TestServer> RepositoryServerAsync(BuilderProgram builder, bool isOpen = false)
    {
        await RepositoryAsync(builder, "printf 'FROM scratch\\nCOPY . /\\n' > Dockerfile");
        return new TestServer(request =>
        {
            if (!isOpen && request["Authorization"] != "Basic " + Basic)
            {
                return TestResponse.Text(401, "who?").With("WWW-Authenticate", "Basic realm=x");
            }

            var path = builder.Files.PathOf(Uri.UnescapeDataString(request.Path).TrimStart('/'));
            return IsOnACommandLine() ? TestResponse.Text(500, "the token is on a command line")
                : File.Exists(path) ? new TestResponse(200) { Body = File.ReadAllBytes(path) }
                : TestResponse.Text(404, "no");
        });
    }

    private static bool IsOnACommandLine() => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            var line = File.ReadAllText(Path.Combine(process, "cmdline"));
            return line.Contains(Token, StringComparison.Ordinal) || line.Contains(Basic, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static async Task RepositoryAsync(BuilderProgram builder, string script)
    {
        Tool.Require("git");
        var environment = new Dictionary<string, string>
        {
            ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_AUTHOR_NAME"] = "n", ["GIT_AUTHOR_EMAIL"] = "e", ["GIT_COMMITTER_NAME"] = "n",
            ["GIT_COMMITTER_EMAIL"] = "e", ["GIT_COMMITTER_DATE"] = "@1600000000 +0000", ["GIT_AUTHOR_DATE"] = "@1600000000 +0000",
        };
        script = $"set -e; git init -q -b main .; {script}; git add -A; git commit -qm one; git clone -q --bare --no-local . ../r.git; cd ../r.git; git update-server-info";
        (await Tool.RunAsync("sh", ["-c", script], new ToolOptions { WorkingDirectory = builder.Files.Folder("work"), Environment = environment })).ExpectSuccess();
    }

    /// <summary>OpenSSH's server on a port of this machine, for one key.</summary>
    private sealed class SshServer : IAsyncDisposable
    {
        private readonly Process process;

        private SshServer(Process process, int port, string key, string hostKey) => (this.process, Port, Key, HostKey) = (process, port, key, hostKey);

        public int Port { get; }

        public string Key { get; }

        public string HostKey { get; }

        public static async Task<SshServer> StartAsync(TestFolder files)
        {
            var (key, hostKey) = (files.PathOf("key"), files.PathOf("hostkey"));
            foreach (var path in new[] { key, hostKey })
            {
                (await Tool.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)).ExpectSuccess();
            }

            Directory.CreateDirectory("/run/sshd");
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var port = ((IPEndPoint)free.LocalEndpoint).Port;
            free.Stop();
            files.Write("sshd_config", $"""
                ListenAddress 127.0.0.1:{port}
                HostKey {hostKey}
                AuthorizedKeysFile {key}.pub
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin prohibit-password
                PidFile none
                """);
            var start = new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", files.PathOf("sshd_config")]) { RedirectStandardError = true };
            var server = new SshServer(Process.Start(start)!, port, key, hostKey);
            _ = server.process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            for (var attempt = 0; attempt < 600 && !server.process.HasExited; attempt++)
            {
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                    return server;
                }
                catch (SocketException)
                {
                    await Task.Delay(50, TestContext.Current.CancellationToken);
                }
            }

            await server.DisposeAsync();
            Assert.Skip("sshd does not start here");
            return server;
        }

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }

            process.Dispose();
        }
    }
}
