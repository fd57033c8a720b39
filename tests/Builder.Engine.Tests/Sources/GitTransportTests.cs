using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Builder.Diagnostics;
using Builder.Engine.Sources;
using Builder.Engine.Sources.Git;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Storage;
using Builder.Testing;
using Builder.Testing.Http;

namespace Builder.Engine.Tests.Sources;

/// <summary>How repositories travel, and what keeps a server from holding a build up or filling the disk.</summary>
public sealed class GitTransportTests : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly BuilderStore store;
    private readonly GitServer server;

    public GitTransportTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "giving files to root needs root");
        server = new GitServer();
        store = BuilderStore.Open(new StoreOptions { Root = folder["store"], Fsync = FsyncPolicy.Never });
    }

    public async ValueTask DisposeAsync()
    {
        store?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
    }

    [Fact]
    public async Task Smart_http_brings_one_commit_and_no_history()
    {
        server.Commit("x.git", "head -c 300000 /dev/urandom > old; true");
        server.Commit("x.git", "rm -f old; echo new > f");
        var sent = 0L;
        server.Instead = request =>
        {
            var response = GitBackend.Answer(server.Folder(""), request);
            sent += response.Body.Length;
            return response;
        };
        var source = await FetchAsync(server.Url("x.git#main"));
        Assert.Equal("new\n", File.ReadAllText(Path.Combine(source.Snapshot.Path, "f")));
        Assert.Contains(server.Requests, request => request.Method == "POST" && request.Path.EndsWith("/git-upload-pack", StringComparison.Ordinal));
        Assert.InRange(sent, 1, 100_000);
    }

    [Fact]
    public async Task Smart_http_gives_a_commit_that_no_name_points_to()
    {
        var first = server.Commit("x.git", "echo 1 > f");
        server.Commit("x.git", "echo 2 > f");
        server.Instead = request => GitBackend.Answer(server.Folder(""), request);
        Assert.Equal("1\n", File.ReadAllText(Path.Combine((await FetchAsync(server.Url("x.git#" + first))).Snapshot.Path, "f")));
    }

    [Fact]
    public async Task The_git_protocol()
    {
        server.Commit("x.git", "echo 1 > f");
        Assert.SkipUnless(File.Exists(Path.Combine(server.Shell("/", "git --exec-path").Trim(), "git-daemon")), "needs git daemon");
        var port = FreePort();
        var top = server.Folder("").TrimEnd('/');
        using var daemon = Process.Start(new ProcessStartInfo(
            "git", ["-c", "safe.directory=*", "daemon", "--export-all", $"--base-path={top}", "--listen=127.0.0.1", $"--port={port}", "--reuseaddr"]) { RedirectStandardError = true })!;
        try
        {
            await ListeningAsync(port);
            var source = await FetchAsync($"git://127.0.0.1:{port}/x.git#main");
            Assert.Equal("1\n", File.ReadAllText(Path.Combine(source.Snapshot.Path, "f")));
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
            await daemon.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("git")]
    [InlineData("http")]
    public async Task A_server_that_says_nothing_is_given_up(string scheme)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var error = await ErrorOf($"{scheme}://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/x.git", new SourceOptions { Silence = TimeSpan.FromMilliseconds(600) });

        // Git itself notices a silent web server, and may be the first.
        Assert.True(error.Code == SourceErrors.GitSilent || (scheme == "http" && error.Code == SourceErrors.GitFailed), error.ToString());
        AssertNothingIsLeft();
    }

    [Fact] // however much it says
    public async Task A_server_that_is_never_done_is_given_up()
    {
        using var endless = new TcpListener(IPAddress.Loopback, 0);
        endless.Start();
        using var stop = new CancellationTokenSource();
        var talking = TalkAsync(endless, stop.Token);
        var error = await ErrorOf(
            $"git://127.0.0.1:{((IPEndPoint)endless.LocalEndpoint).Port}/x.git", new SourceOptions { MaxFetchTime = TimeSpan.FromMilliseconds(600) });
        Assert.Equal(SourceErrors.GitSilent, error.Code);
        Assert.Contains("was not done after 0.6 seconds", error.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
        await stop.CancelAsync();
        await talking;

        // References without end, as the protocol writes them.
        static async Task TalkAsync(TcpListener listener, CancellationToken cancellationToken)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
                {
                    await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"003f{i + 1:x40} refs/heads/{i:d6}\n"), cancellationToken);
                    await Task.Delay(20, cancellationToken);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // The client has gone, or the test has ended.
            }
        }
    }

    [Fact]
    public async Task A_fetch_that_stalls_is_given_up()
    {
        server.Commit("x.git", "echo 1 > f");
        using var stalled = new SemaphoreSlim(0);
        server.Instead = request =>
        {
            if (request.Path.EndsWith("/git-upload-pack", StringComparison.Ordinal) && System.Text.Encoding.ASCII.GetString(request.Body).Contains("command=fetch", StringComparison.Ordinal))
            {
                stalled.Wait(TimeSpan.FromMinutes(1));
            }

            return GitBackend.Answer(server.Folder(""), request);
        };
        try
        {
            Assert.Equal(SourceErrors.GitSilent, (await ErrorOf(server.Url("x.git"), new SourceOptions { GitSilence = TimeSpan.FromMilliseconds(600) })).Code);
        }
        finally
        {
            stalled.Release(10);
        }
    }

    [Fact]
    public async Task A_repository_that_is_too_big_is_given_up()
    {
        server.Commit("x.git", "head -c 300000 /dev/urandom > f");
        server.Instead = request => GitBackend.Answer(server.Folder(""), request);
        var error = await ErrorOf(server.Url("x.git"), new SourceOptions { MaxDownload = 100_000 });
        Assert.Equal(SourceErrors.GitTooBig, error.Code);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Without_git_there_is_a_hint()
    {
        var error = await ErrorOf(server.Url("x.git"), new SourceOptions { Git = folder["no-such-git"] });
        Assert.Equal(SourceErrors.NoGit, error.Code);
        Assert.Contains("install git", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_abbreviated_commit_is_no_name_and_the_hint_says_how_to_give_one()
    {
        var commit = server.Commit("x.git", "echo 1 > f");
        var error = await ErrorOf(server.Url("x.git#" + commit[..10]), new SourceOptions());
        Assert.Equal(SourceErrors.NoSuchReference, error.Code);
        Assert.Contains("40 hexadecimal digits", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GIT_AUTH_TOKEN", false)]
    [InlineData("GIT_AUTH_HEADER", false)]
    [InlineData("GIT_AUTH_TOKEN.elsewhere.example", true)]
    public void A_secret_without_host_is_not_for_submodules_elsewhere(string name, bool isSent)
    {
        var main = GitRemote.Parse("https://here.example/x.git");
        string? Secret(string id) => id == name ? "s3cret" : null;
        Assert.Equal(isSent, main.Submodule("https://elsewhere.example/y.git").Authorization(Secret) is not null);
        Assert.Equal(!isSent, main.Submodule("https://here.example/y.git").Authorization(Secret) is not null);
        Assert.Equal(!isSent, main.Submodule("../y.git").Authorization(Secret) is not null);
        Assert.False(main.Submodule("https://elsewhere.example/y.git").Submodule("../z.git").TakesGeneralSecrets);
    }

    /// <summary>Nothing in the folder that a running program has among the store's temporary ones.</summary>
    private void AssertNothingIsLeft() =>
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(store.Root, "tmp")).SelectMany(Directory.EnumerateFileSystemEntries));

    private Task<BuilderException> ErrorOf(string url, SourceOptions options) => Assert.ThrowsAsync<BuilderException>(() => FetchAsync(url, options));

    private async Task<FetchedSource> FetchAsync(string url, SourceOptions? options = null)
    {
        var operation = (GitOperation)RemoteSource.Parse(url, keepGitDirectory: false)!;
        var sources = new GitSources(store, options ?? new SourceOptions(), TimeProvider.System);
        var commit = await sources.ResolveAsync(operation, TestContext.Current.CancellationToken);
        return await sources.FetchAsync(operation, commit, TestContext.Current.CancellationToken);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ListeningAsync(int port)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        Assert.Fail("git daemon does not listen");
    }
}
