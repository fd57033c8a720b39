using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Sources;
using Builder.Engine.Sources.Http;
using Builder.Graph.Operations;
using Builder.Storage;
using Builder.Testing;
using Builder.Testing.Http;

namespace Builder.Engine.Tests.Sources;

/// <summary>Downloads in the store: asked again, fetched once (dockerfile-language.md G3, §2.9).</summary>
public sealed class HttpSourcesTests : IDisposable
{
    private const string Date = "Wed, 21 Oct 2015 07:28:00 GMT";
    private const string HelloSha = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private readonly TemporaryFolder folder = new();
    private readonly BuilderStore store;
    private string? secret;

    public HttpSourcesTests() => store = BuilderStore.Open(new StoreOptions { Root = folder["store"], Fsync = FsyncPolicy.Never });

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact] // C16, C17: URLs
    public async Task A_download_is_one_private_file_of_the_servers_time()
    {
        await using var server = new TestServer(_ => TestResponse.Text(200, "hello").With("Last-Modified", Date));
        var source = await FetchAsync(server, "name");
        var file = new FileInfo(Path.Combine(source.Snapshot.Path, "name"));
        Assert.Equal("hello", File.ReadAllText(file.FullName));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
        Assert.Equal(1445412480, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds());
        Assert.Equal(1445412480, source.Time!.Value.ToUnixTimeSeconds());
        Assert.Equal(1445412480, new DateTimeOffset(Directory.GetLastWriteTimeUtc(source.Snapshot.Path)).ToUnixTimeSeconds());
    }

    [Fact] // C17: URLs
    public async Task Without_a_time_it_is_as_old_as_can_be()
    {
        await using var server = new TestServer(_ => TestResponse.Text(200, "hello"));
        var source = await FetchAsync(server, "name");
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(Path.Combine(source.Snapshot.Path, "name")));
        Assert.Null(source.Time);
    }

    [Fact]
    public async Task An_unchanged_url_is_asked_and_not_downloaded()
    {
        await using var server = new TestServer(request => request["If-None-Match"] == "\"v1\"" ? new TestResponse(304) : TestResponse.Text(200, "hello").With("ETag", "\"v1\""));
        var first = await FetchAsync(server, "name");
        var second = await FetchAsync(server, "name");
        Assert.Equal(first, second);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task The_key_is_of_what_came_and_not_of_where_from()
    {
        var (text, date) = ("hello", Date);
        await using var server = new TestServer(_ => TestResponse.Text(200, text).With("Last-Modified", date));
        var first = await FetchAsync(server, "name", "/one");
        Assert.Equal(first.Key, (await FetchAsync(server, "name", "/two")).Key);
        Assert.Equal(first.Snapshot.Id, (await FetchAsync(server, "name", "/three")).Snapshot.Id);
        Assert.NotEqual(first.Key, (await FetchAsync(server, "other", "/one")).Key);
        text = "changed";
        Assert.NotEqual(first.Key, (await FetchAsync(server, "name", "/one")).Key);
        (text, date) = ("hello", "Wed, 21 Oct 2015 07:28:01 GMT");
        Assert.NotEqual(first.Key, (await FetchAsync(server, "name", "/one")).Key);
    }

    [Theory]
    [InlineData("sha256:" + HelloSha, true)]
    [InlineData("sha512:9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043", true)]
    [InlineData("sha256:0cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", false)]
    [InlineData("md5:5d41402abc4b2a76b9719d911017c592", false)]
    public async Task A_checksum_has_to_fit(string checksum, bool fits)
    {
        await using var server = new TestServer(_ => TestResponse.Text(200, "hello"));
        var fetch = () => FetchAsync(server, "name", checksum: checksum);
        if (fits)
        {
            await fetch();
        }
        else
        {
            var error = await Assert.ThrowsAsync<BuilderException>(fetch);
            Assert.Equal(SourceErrors.DigestMismatch, error.Code);
            Assert.Empty(store.Steps.List());
        }
    }

    [Fact]
    public async Task A_known_file_of_the_right_checksum_is_not_asked_for()
    {
        await using var server = new TestServer(_ => TestResponse.Text(200, "hello"));
        await FetchAsync(server, "name", checksum: "sha256:" + HelloSha);
        await FetchAsync(server, "name", checksum: "sha256:" + HelloSha);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task What_is_known_has_to_fit_a_new_checksum_too()
    {
        await using var server = new TestServer(request => request["If-None-Match"] is not null ? new TestResponse(304) : TestResponse.Text(200, "hello").With("ETag", "\"v1\""));
        await FetchAsync(server, "name");
        var error = await Assert.ThrowsAsync<BuilderException>(() => FetchAsync(server, "name", checksum: "sha256:" + new string('0', 64)));
        Assert.Equal(SourceErrors.DigestMismatch, error.Code);
    }

    [Fact]
    public async Task A_secret_for_the_host_is_sent()
    {
        await using var server = new TestServer(_ => TestResponse.Text(200, "hello"));
        secret = "s3cret";
        await FetchAsync(server, "name");
        Assert.Equal("Bearer s3cret", server.Requests[0]["Authorization"]);
        AssertWrittenNowhere("s3cret");
    }

    [Fact]
    public async Task A_password_in_the_url_is_used_and_written_nowhere()
    {
        await using var server = new TestServer(_ => TestResponse.Text(200, "hello"));
        await FetchAsync(new HttpOperation($"http://ann:s3cret@{server.Authority}/x", "x", null));
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("ann:s3cret")), server.Requests[0]["Authorization"]);
        AssertWrittenNowhere("s3cret");
    }

    private void AssertWrittenNowhere(string text)
    {
        foreach (var file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0))
        {
            Assert.DoesNotContain(text, File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    private Task<FetchedSource> FetchAsync(TestServer server, string name, string path = "/x", string? checksum = null) =>
        FetchAsync(new HttpOperation($"http://{server.Authority}{path}", name, checksum));

    private async Task<FetchedSource> FetchAsync(HttpOperation operation)
    {
        var options = new SourceOptions { Secret = id => id == "HTTP_AUTH_TOKEN_127.0.0.1" ? secret : null };
        using var sources = new HttpSources(store, options, TimeProvider.System);
        return await sources.FetchAsync(operation, (_, _) => { }, TestContext.Current.CancellationToken);
    }
}
