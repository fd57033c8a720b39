using System.Text.RegularExpressions;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>The page for the browser, made by the program and read by one.</summary>
public sealed class ReportTests : IDisposable
{
    /// <summary>Names that would be an element, or run something, if they were not text.</summary>
    private const string Dockerfile = """
        FROM base AS lib
        RUN sleep 0.2; echo lib > /lib.txt
        FROM base AS app
        RUN echo "big file" > /big; mkdir -p /var/lib/dpkg /lib/apk/db
        COPY --from=lib /lib.txt /
        RUN rm /big; printf 'Package: <b>bash</b>\nStatus: install ok installed\nVersion: 5.2\n' > /var/lib/dpkg/status; printf 'P:musl\nV:1.2\n' > /lib/apk/db/installed
        RUN echo x > '/<img src=x onerror=document.title=1>'; echo x > "/<script>document.title='taken'<&>"
        """;

    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task A_browser_shows_the_graph_the_timings_the_cache_the_layers_and_the_packages()
    {
        Tool.Require("chromium");
        var page = scene.Files.PathOf("report.html");
        (await scene.BuildAsync(Dockerfile, "-t", "app", "--report", page)).ExpectSuccess();
        var dom = await OpenAsync(page);
        Assert.Contains("<title>app:latest - Builder</title>", dom, StringComparison.Ordinal);
        Assert.Equal(7, Regex.Count(dom, "<g class=\"step "));
        Assert.Equal(6, Regex.Count(dom, "<g class=\"bar ran\""));
        Assert.Equal(7, Regex.Count(dom, "<path class=\"edge\""));
        Assert.Equal(5, Regex.Count(dom, "<g class=\"layer\""));
        Assert.Contains("<td>deb</td><td>&lt;b&gt;bash&lt;/b&gt;</td><td>5.2</td>", dom, StringComparison.Ordinal);
        Assert.Contains("<td>apk</td><td>musl</td><td>1.2</td>", dom, StringComparison.Ordinal);
        Assert.Contains("deleted by layer", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", dom, StringComparison.Ordinal);
        Assert.True(await DrawsAsync(page), "the page is drawn");

        // The next build finds all in the cache, and the page says so; the store still knows how the image was made.
        (await scene.BuildAsync(Dockerfile, "-t", "app", "--report", page)).ExpectSuccess();
        Assert.Equal(6, Regex.Count(await OpenAsync(page), "<g class=\"step cached\""));
        (await scene.Builder.RunAsync("report", "-o", page, "app")).ExpectSuccess();
        Assert.Equal(6, Regex.Count(await OpenAsync(page), "<g class=\"bar ran\""));
    }

    [Fact]
    public async Task A_build_that_failed_has_a_page_that_says_why()
    {
        var page = scene.Files.PathOf("report.html");
        (await scene.BuildAsync("FROM base\nRUN exit 9\n", "--report", page)).Expect(1);
        var text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        Assert.Matches("(?s)id=\"failure\">.*exit code: 9", text);
        Assert.Contains("class=\"step failed\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_goes_to_standard_output_and_is_the_same_each_time()
    {
        (await scene.BuildAsync(Dockerfile, "-t", "app")).ExpectSuccess();
        var first = (await scene.Builder.RunAsync("report", "app")).ExpectSuccess().Output;
        Assert.StartsWith("<!DOCTYPE html>", first, StringComparison.Ordinal);
        Assert.Equal(first, (await scene.Builder.RunAsync("report", "app")).ExpectSuccess().Output);
        (await scene.Builder.RunAsync("report", "nothing")).Expect(1);
        (await scene.Builder.RunAsync("report", "-o", "/nowhere/page.html", "app")).Expect(1);
    }

    private async Task<string> OpenAsync(string page) => (await BrowseAsync("--dump-dom", new Uri(page).AbsoluteUri)).Output;

    /// <summary>Whether a picture of the page is more than an empty sheet, which compresses to next to nothing.</summary>
    private async Task<bool> DrawsAsync(string page)
    {
        var picture = scene.Files.PathOf("page.png");
        await BrowseAsync("--hide-scrollbars", "--window-size=1100,2400", $"--screenshot={picture}", new Uri(page).AbsoluteUri);
        var bytes = await File.ReadAllBytesAsync(picture, TestContext.Current.CancellationToken);
        return bytes.AsSpan(1, 3).SequenceEqual("PNG"u8) && bytes.Length > 30_000;
    }

    private async Task<ToolResult> BrowseAsync(params string[] arguments) => (await Tool.RunAsync(
        "chromium",
        ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", $"--user-data-dir={scene.Files.PathOf("profile")}", .. arguments],
        new ToolOptions { Timeout = TimeSpan.FromMinutes(2) })).ExpectSuccess();
}
