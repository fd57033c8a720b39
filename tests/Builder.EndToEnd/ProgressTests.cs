using System.Text;
using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Progress for programs, and what steps say in files of their own.</summary>
public sealed class ProgressTests
{
    private const string Dockerfile = "FROM base\nRUN echo to stdout; echo to stderr >&2\nRUN seq 1 30000\n";

    [Fact]
    public async Task Every_line_is_an_object_with_the_names_of_BuildKit()
    {
        using var scene = new BuildScene();
        var result = await BuildAsync(scene);
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var vertexes = lines.Where(line => line.TryGetProperty("vertexes", out _)).Select(line => line.GetProperty("vertexes")[0]).ToList();
        var run = vertexes.First(vertex => vertex.GetProperty("name").GetString()!.Contains("RUN echo", StringComparison.Ordinal));
        var digest = run.GetProperty("digest").GetString();
        Assert.Contains(vertexes, vertex => vertex.GetProperty("digest").GetString() == digest && vertex.TryGetProperty("completed", out _));
        var output = lines.Where(line => line.TryGetProperty("logs", out _)).Select(line => line.GetProperty("logs")[0]).Where(log => log.GetProperty("vertex").GetString() == digest).ToList();
        Assert.Equal("to stdout\n", Encoding.UTF8.GetString(output.First(log => log.GetProperty("stream").GetInt32() == 1).GetProperty("data").GetBytesFromBase64()));

        var cached = await BuildAsync(scene);
        Assert.Contains("\"cached\":true", cached.Error, StringComparison.Ordinal);
    }

    private static async Task<ToolResult> BuildAsync(BuildScene scene)
    {
        scene.Files.Write("context/Dockerfile", Dockerfile);
        return (await scene.Builder.RunAsync("build", "--progress=rawjson", "--build-context", $"base={scene.Files.PathOf("base")}", scene.Context)).ExpectSuccess();
    }

    [Fact]
    public async Task A_file_for_each_step_has_all_that_it_said()
    {
        using var scene = new BuildScene();
        var folder = scene.Files.PathOf("logs");
        (await scene.BuildAsync(Dockerfile, "--log-dir", folder)).ExpectSuccess();
        var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToArray();
        var said = await File.ReadAllTextAsync(files.Single(file => Path.GetFileName(file).StartsWith("0002-", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Contains("to stdout\n", said, StringComparison.Ordinal);
        Assert.Contains("to stderr\n", said, StringComparison.Ordinal);
        var counted = await File.ReadAllLinesAsync(files.Single(file => Path.GetFileName(file).StartsWith("0003-", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 30000).Select(number => number.ToString()), counted);
    }

    [Fact]
    public async Task Two_builds_are_compared_and_the_first_file_that_differs_is_told()
    {
        using var scene = new BuildScene();
        (await scene.BuildAsync("FROM base\nRUN echo same > /same\n", "--verify-reproducible")).ExpectSuccess();
        var differs = await scene.BuildAsync("FROM base\nRUN echo same > /same\nRUN cat /proc/sys/kernel/random/uuid > /random\n", "--verify-reproducible");
        Assert.Equal(1, differs.ExitCode);
        Assert.Contains("BLD1021", differs.Error, StringComparison.Ordinal);
        Assert.Contains("file random", differs.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_mounts_travel_through_a_registry_and_a_folder()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var first = new BuildScene();
        const string Caching = "FROM base\nRUN --mount=type=cache,id=npm,target=/cache echo kept > /cache/kept && mkdir -p /cache/d && ln -s kept /cache/d/link\n";
        const string Reading = "FROM base\nRUN --mount=type=cache,id=npm,target=/cache cat /cache/kept && test -L /cache/d/link\n";
        (await first.BuildAsync(Caching, "--cache-mount-to", $"type=registry,ref={registry.Host}/caches:x")).ExpectSuccess();
        var folder = first.Files.PathOf("caches");
        Assert.Equal("npm\n", (await first.Builder.RunAsync("cache", "export", "--to", $"type=local,dest={folder}")).ExpectSuccess().Output);

        using var second = new BuildScene();
        Assert.Contains(" kept\n", (await second.BuildAsync(Reading, "--cache-mount-from", $"type=registry,ref={registry.Host}/caches:x")).ExpectSuccess().Error, StringComparison.Ordinal);
        Assert.Equal("", (await second.Builder.RunAsync("cache", "import", "--from", $"type=local,src={folder}")).ExpectSuccess().Output);

        using var third = new BuildScene();
        Assert.Equal("npm\n", (await third.Builder.RunAsync("cache", "import", "--from", $"type=local,src={folder}", "npm")).ExpectSuccess().Output);
        Assert.Contains(" kept\n", (await third.BuildAsync(Reading)).ExpectSuccess().Error, StringComparison.Ordinal);
    }
}
