using Builder.EndToEnd.Support;
using Builder.Testing;
using NJsonSchema;

namespace Builder.EndToEnd;

/// <summary>What the program writes for programs, held against what spec/schemas promises of it.</summary>
public sealed class JsonOutputTests : IDisposable
{
    private const string Dockerfile = """
        FROM base
        ARG A=1
        ENV E=1
        LABEL who=me
        EXPOSE 80
        VOLUME /v
        HEALTHCHECK CMD true
        COPY file /copied
        RUN --mount=type=cache,id=kept,target=/c echo said; echo x > /c/f; echo warned >&2
        RUN rm /copied; echo $A > /a
        CMD ["sh"]
        """;

    private static readonly string Folder = Path.Combine(Checkout.Root, "spec/schemas");
    private readonly HashSet<string> held = [];
    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task Every_output_is_as_its_schema_says()
    {
        scene.Files.Write("context/file", "content");
        scene.Files.Write("context/Dockerfile", Dockerfile);
        var metadata = scene.Files.PathOf("metadata.json");
        await BuildsAsync(metadata);
        await CallsAsync();
        await StoreAsync();
        await ContainersAsync();
        await RegistryAsync();
        await RemovalsAsync();

        // A schema that nothing is held against promises what nobody proved.
        Assert.Equal(Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)[..^".schema.json".Length]).Order(StringComparer.Ordinal), held.Order(StringComparer.Ordinal));
    }

    private async Task BuildsAsync(string metadata)
    {
        var first = await BuildAsync("--progress=rawjson", "--explain=json", "--metadata-file", metadata, "-t", "app:1");
        await LinesAsync("rawjson", first.Error);
        await WholeAsync("build-explain", first.Output);
        await WholeAsync("metadata", await File.ReadAllTextAsync(metadata));

        scene.Files.Write("context/file", "other content");
        var second = await BuildAsync("--progress=rawjson", "--explain=json", "--build-arg", "A=2", "-t", "app:2");
        await LinesAsync("rawjson", second.Error);
        await WholeAsync("build-explain", second.Output);
        await LinesAsync("rawjson", (await BuildAsync("--progress=rawjson")).Error);

        var two = await BuildAsync("--metadata-file", metadata, "--platform", "linux/amd64,linux/arm64", "--call=check,format=json");
        await WholeAsync("check", two.Output);
        scene.Files.Write("context/Failing", "FROM base\nRUN echo out; exit 3\n");
        var failed = await scene.Builder.RunAsync("build", "--progress=rawjson", "--explain=json", "-f", Path.Combine(scene.Context, "Failing"), "--build-context", $"base={scene.Files.PathOf("base")}", scene.Context);
        await WholeAsync("build-explain", failed.Expect(1).Output);

        // The error, too, is for the program that reads the progress.
        await LinesAsync("rawjson", failed.Error);
        Assert.Contains("{\"errors\":[{\"code\":\"BLD1001\"", failed.Error, StringComparison.Ordinal);
    }

    private async Task CallsAsync()
    {
        scene.Files.Write("context/Odd", "from base as one\nARG a\nMAINTAINER x\nRUN --mount=type=secret,id=tok --mount=type=ssh true\nFROM one\nCOPY missing /\n");
        foreach (var call in (string[])["check", "outline", "targets"])
        {
            var answer = await scene.Builder.RunAsync("build", $"--call={call},format=json", "-f", Path.Combine(scene.Context, "Odd"), "--build-context", $"base={scene.Files.PathOf("base")}", scene.Context);
            await WholeAsync(call, answer.Output);
        }
    }

    private async Task StoreAsync()
    {
        await LinesAsync("images", await OutputAsync("images", "--format", "json"));
        await LinesAsync("images", await OutputAsync("images", "--digests", "--no-trunc", "--format", "json"));
        await LinesAsync("history", await OutputAsync("history", "--format", "json", "app:1"));
        await LinesAsync("df", await OutputAsync("df", "--format", "json"));
        await WholeAsync("df-verbose", await OutputAsync("df", "-v", "--format", "json"));
        await WholeAsync("inspect-image", await OutputAsync("inspect", "app:1", "app:2"));
        await LinesAsync("inspect-layers", await OutputAsync("inspect", "--layers", "--format", "json", "app:1", "app:2"));
        await WholeAsync("explain", await OutputAsync("explain", "--format", "json", "app:1", "app:2"));
        await WholeAsync("diff-images", await OutputAsync("diff", "--format", "json", "app:1", "app:2"));
        await WholeAsync("info", await OutputAsync("info", "--format", "json"));
        await WholeAsync("version", await OutputAsync("version", "--format", "json"));
        await WholeAsync("check-store", await OutputAsync("check-store", "--format", "json"));
        await LinesAsync("cache-ls", await OutputAsync("cache", "ls", "--format", "json"));
        await LinesAsync("cache-du", await OutputAsync("cache", "du", "--format", "json"));
        await LinesAsync("config", await OutputAsync("config", "--format", "json"));
    }

    private async Task ContainersAsync()
    {
        await OutputAsync("run", "--name", "done", "app:2", "sh", "-c", "echo x > /new; rm /a");
        await OutputAsync("create", "--name", "waiting", "-v", $"{scene.Context}:/mounted:ro", "-e", "B=2", "app:2");
        await LinesAsync("ps", await OutputAsync("ps", "-a", "--format", "json"));
        await LinesAsync("diff", await OutputAsync("diff", "--format", "json", "done"));
        await WholeAsync("inspect-container", await OutputAsync("inspect", "done", "waiting"));
        await OutputAsync("rm", "done", "waiting");
    }

    private async Task RegistryAsync()
    {
        await using var registry = await RegistryServer.StartAsync();
        await OutputAsync("push", "-q", "app:1", $"{registry.Host}/app:1");
        await WholeAsync("tags", await OutputAsync("tags", "--format", "json", $"{registry.Host}/app"));
        scene.Files.Write("context/Locked", $"FROM {registry.Host}/app:1\nRUN true\n");
        string[] locked = ["--format", "json", "-f", Path.Combine(scene.Context, "Locked"), scene.Context];
        await WholeAsync("lock", await OutputAsync(["lock", "update", .. locked]));
        await WholeAsync("lock", await OutputAsync(["lock", "verify", .. locked]));
    }

    private async Task RemovalsAsync()
    {
        var archive = scene.Files.PathOf("app.tar");
        await OutputAsync("save", "-o", archive, "app:2");
        await WholeAsync("rmi", await OutputAsync("rmi", "--format", "json", "app:2"));
        await WholeAsync("load", await OutputAsync("load", "--format", "json", "-i", archive));
        await WholeAsync("prune", await OutputAsync("prune", "-a", "-f", "--format", "json"));
    }

    private async Task<string> OutputAsync(params string[] arguments) => (await scene.Builder.RunAsync(arguments)).ExpectSuccess().Output;

    private async Task<ToolResult> BuildAsync(params string[] options) =>
        (await scene.Builder.RunAsync(["build", "--build-context", $"base={scene.Files.PathOf("base")}", .. options, scene.Context])).ExpectSuccess();

    /// <summary>An object a line, and at least one of them.</summary>
    private async Task LinesAsync(string schema, string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            await WholeAsync(schema, line);
        }
    }

    private async Task WholeAsync(string name, string output)
    {
        held.Add(name);
        var schema = await JsonSchema.FromFileAsync(Path.Combine(Folder, name + ".schema.json"));
        var errors = schema.Validate(output);
        Assert.True(errors.Count == 0, $"{name}: {string.Join("; ", errors)}\n{output}");
    }
}
