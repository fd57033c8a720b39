using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Sources;
using Builder.Engine.Sources.Http;
using Builder.Oci;
using Builder.Testing.Http;

namespace Builder.Engine.Tests.Sources;

/// <summary>What can happen between a URL and a file, against a server that really does it.</summary>
public sealed class DownloaderTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n")));
    private static readonly TestResponse Whole = new TestResponse(200) { Body = Content }.With("ETag", "\"one\"");

    private static readonly SourceOptions Quick = new() { FirstPause = TimeSpan.FromMilliseconds(1), Silence = TimeSpan.FromSeconds(20) };

    [Fact]
    public async Task A_file_arrives_with_its_digest_and_marks()
    {
        var (download, bytes) = await FetchAsync(_ => Whole.With("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT"));
        Assert.Equal(Content, bytes);
        Assert.Equal(Digest.Of(Content), download.Body);
        Assert.Equal(new Validators("\"one\"", "Wed, 21 Oct 2015 07:28:00 GMT"), download.Validators);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1445412480), download.LastModified);
    }

    [Theory]
    [InlineData(AfterCut.Close)]
    [InlineData(AfterCut.Reset)]
    public async Task A_cut_download_goes_on_where_it_was(AfterCut then)
    {
        var ranges = new List<string?>();
        var (download, bytes) = await FetchAsync(request =>
        {
            ranges.Add(request["Range"]);
            return request["Range"] is not { } range ? Whole with { CutAfter = 100_000, Then = then } : Rest(range, request["If-Range"]);
        });
        Assert.Equal(Content, bytes);
        Assert.Equal(Digest.Of(Content), download.Body);
        Assert.Equal(2, ranges.Count);
        Assert.StartsWith("bytes=", ranges[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_changed_meanwhile_starts_over()
    {
        var (download, bytes) = await FetchAsync(request => request["Range"] is null
            ? new TestResponse(200) { Body = new byte[Content.Length], CutAfter = 5000 }.With("ETag", "\"old\"")
            : Whole);
        Assert.Equal(Content, bytes);
        Assert.Equal("\"one\"", download.Validators.ETag);
    }

    [Fact]
    public async Task Without_a_mark_that_stands_for_the_bytes_nothing_is_glued_together()
    {
        var count = 0;
        var (_, bytes) = await FetchAsync(request =>
        {
            Assert.Null(request["Range"]);
            var answer = new TestResponse(200) { Body = Content }.With("ETag", "W/\"weak\"");
            return count++ == 0 ? answer with { CutAfter = 7000 } : answer;
        });
        Assert.Equal(Content, bytes);
    }

    [Fact]
    public async Task A_server_that_continues_somewhere_else_is_not_believed()
    {
        var count = 0;
        var (_, bytes) = await FetchAsync(request => request["Range"] is null
            ? count++ == 0 ? Whole with { CutAfter = 5000 } : Whole
            : new TestResponse(206) { Body = Content[10..] }.With("Content-Range", $"bytes 10-{Content.Length - 1}/{Content.Length}"));
        Assert.Equal(Content, bytes);
    }

    [Fact]
    public async Task Each_connection_that_breaks_counts()
    {
        var error = await ErrorOf(_ => Whole with { CutAfter = 10 });
        Assert.Equal(SourceErrors.DownloadFailed, error.Code);
        Assert.Equal(SourceErrors.DownloadFailed, (await ErrorOf(_ => TestResponse.HangUp)).Code);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        var count = 0;
        var (_, bytes) = await FetchAsync(_ => count++ < 2 ? TestResponse.Text(503, "busy").With("Retry-After", "0") : Whole);
        Assert.Equal(Content, bytes);
        Assert.Equal(3, count);
    }

    [Theory]
    [InlineData(404, 1)]
    [InlineData(403, 1)]
    [InlineData(500, 5)]
    public async Task A_refusal_is_told_with_its_status(int status, int attempts)
    {
        var count = 0;
        var error = await ErrorOf(_ =>
        {
            count++;
            return TestResponse.Text(status, "no");
        });
        Assert.Equal(SourceErrors.DownloadRefused, error.Code);
        Assert.Contains($"invalid response status {status}", error.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, count);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up()
    {
        var error = await ErrorOf(_ => Whole with { CutAfter = 10, Then = AfterCut.Stall }, Quick with { Silence = TimeSpan.FromMilliseconds(50), MaxAttempts = 2 });
        Assert.Equal(SourceErrors.DownloadTimeout, error.Code);
    }

    [Fact]
    public async Task Nothing_is_downloaded_that_is_too_big()
    {
        Assert.Equal(SourceErrors.DownloadTooBig, (await ErrorOf(_ => Whole, Quick with { MaxDownload = 1000 })).Code);
        Assert.Equal(SourceErrors.DownloadTooBig, (await ErrorOf(_ => Whole with { WithoutLength = true }, Quick with { MaxDownload = 1000 })).Code);
    }

    [Fact]
    public async Task An_unchanged_file_is_not_sent_again()
    {
        var known = new Validators("\"one\"", "Wed, 21 Oct 2015 07:28:00 GMT");
        var (download, bytes) = await FetchAsync(request => request["If-None-Match"] == "\"one\"" ? new TestResponse(304) : Whole, known: known);
        Assert.Null(download.Body);
        Assert.Empty(bytes);
        var (dated, _) = await FetchAsync(request => request["If-Modified-Since"] is not null ? new TestResponse(304) : Whole, known: known with { ETag = null });
        Assert.Null(dated.Body);
    }

    [Fact]
    public async Task Authorization_stays_with_the_origin_that_it_is_for()
    {
        string? seen = null;
        await using var elsewhere = new TestServer(request =>
        {
            seen = request["Authorization"];
            return Whole;
        });
        var own = new List<string?>();
        var (_, bytes) = await FetchAsync(
            request =>
            {
                own.Add(request["Authorization"]);
                return request.Target == "/file" ? TestResponse.Redirect(302, "/again") : TestResponse.Redirect(307, $"http://{elsewhere.Authority}/there?sig=%7Ea%2Fb");
            },
            authorization: "Bearer secret");
        Assert.Equal(Content, bytes);
        Assert.Equal(["Bearer secret", "Bearer secret"], own);
        Assert.Null(seen);
        Assert.Equal("/there?sig=%7Ea%2Fb", Assert.Single(elsewhere.Requests).Target);
    }

    [Theory]
    [InlineData("ftp://example.com/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    [InlineData("/file")]
    public async Task Redirects_lead_to_http_and_come_to_an_end(string location) =>
        Assert.Equal(SourceErrors.UnsafeRedirect, (await ErrorOf(_ => TestResponse.Redirect(302, location))).Code);

    [Theory]
    [InlineData("http://user:pass@host:1/a%7Eb?q=1#frag", "http://host:1/a%7Eb?q=1", "Basic dXNlcjpwYXNz")]
    [InlineData("https://host/a b/ü", "https://host/a%20b/%C3%BC", null)]
    [InlineData("http://host", "http://host/", null)]
    [InlineData("http://ann@host?q=1", "http://host/?q=1", "Basic YW5u")]
    public void Urls_are_requested_as_they_are_written(string url, string requested, string? authorization)
    {
        var address = WebAddress.Parse(url);
        Assert.Equal(requested, address.Uri.AbsoluteUri);
        Assert.Equal(authorization, address.Authorization);
    }

    [Theory]
    [InlineData("https://user:secret@host/path?token=secret#x", "https://host/path")]
    [InlineData("https://host/a@b", "https://host/a@b")]
    [InlineData("git@host:path", "git@host:path")]
    public void Secrets_in_urls_are_not_shown(string url, string shown) => Assert.Equal(shown, WebAddress.Shown(url));

    private static TestResponse Rest(string range, string? ifRange)
    {
        Assert.Equal("\"one\"", ifRange);
        var start = int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
        return new TestResponse(206) { Body = Content[start..] }
            .With("Content-Range", $"bytes {start}-{Content.Length - 1}/{Content.Length}").With("ETag", "\"one\"");
    }

    private static async Task<BuilderException> ErrorOf(Func<TestRequest, TestResponse> handle, SourceOptions? options = null) =>
        await Assert.ThrowsAsync<BuilderException>(() => FetchAsync(handle, options));

    private static async Task<(Download Download, byte[] Bytes)> FetchAsync(
        Func<TestRequest, TestResponse> handle, SourceOptions? options = null, Validators? known = null, string? authorization = null)
    {
        await using var server = new TestServer(handle);
        using var client = new WebClient(options ?? Quick);
        using var target = new MemoryStream();
        var downloader = new Downloader(client, options ?? Quick, TimeProvider.System);
        var download = await downloader.FetchAsync(
            $"http://{server.Authority}/file", authorization, target, known ?? Validators.None, (_, _) => { }, TestContext.Current.CancellationToken);
        return (download, target.ToArray());
    }
}
