using System.Collections.Concurrent;
using System.Text;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Engine.Exporters;
using Builder.Engine.Secrets;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;
using Builder.Testing;

namespace Builder.Engine.Tests.Whole;

/// <summary>
/// Builds the Dockerfiles of the corpus in one store, as somebody's machine would: what an earlier one left in the step cache,
/// a later one must not be misled by.
/// </summary>
public sealed class CorpusBuilder : IAsyncLifetime
{
    private const long Epoch = 1_700_000_000;
    private const string Base = "corpus/base";
    private static readonly Platform Amd64 = Platform.Parse("linux/amd64");
    private TemporaryFolder? folder;
    private BuilderStore? store;
    private RegistryClient? registry;
    private IReadOnlyList<string> baseFiles = [];
    private ImageConfig? baseConfig;

    public async ValueTask InitializeAsync()
    {
        CorpusFolders.Require();
        folder = new TemporaryFolder();
        CorpusFolders.Make(folder.Path);
        store = BuilderStore.Open(new StoreOptions { Root = folder["store"], Fsync = FsyncPolicy.Never });
        registry = new RegistryClient();
        var root = new SourceText("Dockerfile", "FROM scratch\nCOPY --from=files / /\nENV PATH=/bin\nCMD [\"sh\"]\n");
        var manifest = await BuildAsync(
            new BuildRequest { Context = folder["context"], Dockerfile = root, NamedContexts = new Dictionary<string, string> { ["files"] = folder["base"] }, Names = [ImageReference.Parse(Base)] },
            CancellationToken.None);
        baseConfig = ConfigOf(manifest);
        baseFiles = [.. TreeOf(baseConfig, []).Lines()];
    }

    public ValueTask DisposeAsync()
    {
        registry?.Dispose();
        store?.Dispose();
        folder?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Builds a Dockerfile as it directs; says what came out.</summary>
    /// <param name="context">Null for the corpus's own.</param>
    public async Task<string> DescribeAsync(string dockerfile, CancellationToken cancellationToken, string? context = null)
    {
        var directions = Directions.Of(await File.ReadAllTextAsync(dockerfile, cancellationToken));
        if (directions.Find("on") is { } parent)
        {
            var path = Path.Combine(Path.GetDirectoryName(dockerfile)!, "parents", parent + ".Dockerfile");
            await BuildAsync(RequestOf(path, Directions.Of(await File.ReadAllTextAsync(path, cancellationToken))) with { Names = [ImageReference.Parse("corpus/" + parent)] }, cancellationToken);
        }

        var flat = folder![Path.GetFileName(dockerfile) + ".tar"];
        var request = RequestOf(dockerfile, directions);
        var manifest = await BuildAsync(
            request with { Context = context ?? request.Context, Outputs = [new OutputSpec(OutputKind.Image, null), new OutputSpec(OutputKind.Tar, flat)] }, cancellationToken);
        var config = ConfigOf(manifest);
        var layers = new List<IReadOnlyList<string>>();
        var tree = TreeOf(config, layers);
        var exported = new LayeredTree();
        await using (var stream = File.OpenRead(flat))
        {
            exported.Apply(stream);
        }

        Assert.Equal(exported.Lines(twins: false), tree.Lines(twins: false));
        return Describe(config, layers, [.. tree.Lines()]);
    }

    /// <summary>Builds a Dockerfile without the cache, with files for each step or with as few as can be; the image's manifest.</summary>
    internal async Task<(Digest Manifest, string Layers)> BuildAnewAsync(string dockerfile, bool defers, CancellationToken cancellationToken, string? context = null)
    {
        var directions = Directions.Of(await File.ReadAllTextAsync(dockerfile, cancellationToken));
        if (directions.Find("on") is { } parent)
        {
            var path = Path.Combine(Path.GetDirectoryName(dockerfile)!, "parents", parent + ".Dockerfile");
            await BuildAsync(RequestOf(path, Directions.Of(await File.ReadAllTextAsync(path, cancellationToken))) with { Names = [ImageReference.Parse("corpus/" + parent)] }, cancellationToken);
        }

        var request = RequestOf(dockerfile, directions);
        var manifest = await BuildAsync(request with { Context = context ?? request.Context, NoCache = true, Defers = defers }, cancellationToken);
        return (manifest.Digest, string.Join('\n', ConfigOf(manifest).RootFs.DiffIds.Select(layer => string.Join(' ', TimesOf(layer).Select(file => $"{file.Key}@{file.Value}")))));
    }

    /// <summary>Builds a Dockerfile as it directs; of each layer the names and their times, in seconds since 1970.</summary>
    internal async Task<(ImageConfig Config, IReadOnlyList<IReadOnlyDictionary<string, long>> Layers)> TimesAsync(string dockerfile, string context, CancellationToken cancellationToken)
    {
        var directions = Directions.Of(await File.ReadAllTextAsync(dockerfile, cancellationToken));
        var config = ConfigOf(await BuildAsync(RequestOf(dockerfile, directions) with { Context = context }, cancellationToken));
        return (config, [.. config.RootFs.DiffIds.Select(TimesOf)]);
    }

    private Dictionary<string, long> TimesOf(DiffId diffId)
    {
        using var tar = new MemoryStream();
        store!.Layers.CopyTo(diffId, tar);
        tar.Position = 0;
        using var reader = new TarReader(tar);
        var times = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Next() is { } entry)
        {
            times[Encoding.UTF8.GetString(entry.Name.Span).Trim('/')] = entry.ModifiedSeconds;
        }

        return times;
    }

    private string Describe(ImageConfig config, List<IReadOnlyList<string>> layers, List<string> files)
    {
        var text = new StringBuilder("config ").Append(Encoding.UTF8.GetString(OciJson.Write(config.Execution!))).Append('\n');
        text.Append("for ").Append(config.Platform).Append(" made ").Append(config.Created!.Value.ToUnixTimeSeconds()).Append(config.Author is null ? "" : " by " + config.Author).Append('\n');
        var onBase = config.RootFs.DiffIds.Take(1).SequenceEqual(baseConfig!.RootFs.DiffIds);
        var skipped = onBase ? baseConfig.History!.Count : 0;
        var layer = onBase ? 1 : 0;
        foreach (var entry in config.History!.Skip(skipped))
        {
            text.Append(entry.EmptyLayer ? "empty " : "layer ").Append(entry.CreatedBy?.Replace("\n", "\\n", StringComparison.Ordinal) ?? $"({entry.Comment})").Append('\n');
            if (!entry.EmptyLayer)
            {
                text.Append("  tar ").AppendJoin(", ", layers[layer++]).Append('\n');
            }
        }

        Assert.Equal(layers.Count, layer);
        foreach (var line in files.Except(onBase ? baseFiles : []))
        {
            text.Append(line).Append('\n');
        }

        var left = files.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in (onBase ? baseFiles : []).Select(PathOf).Where(path => !left.Contains(path)))
        {
            text.Append("gone ").Append(gone).Append('\n');
        }

        return text.ToString();

        static string PathOf(string line) => line.Split(' ')[3];
    }

    private LayeredTree TreeOf(ImageConfig config, List<IReadOnlyList<string>> layers)
    {
        var tree = new LayeredTree();
        foreach (var diffId in config.RootFs.DiffIds)
        {
            using var tar = new MemoryStream();
            store!.Layers.CopyTo(diffId, tar);
            tar.Position = 0;
            layers.Add(tree.Apply(tar));
        }

        return tree;
    }

    private ImageConfig ConfigOf(Descriptor manifest) =>
        OciJson.ReadConfig(store!.Content.ReadDocument(OciJson.ReadManifest(store.Content.ReadDocument(manifest)).Config));

    private BuildRequest RequestOf(string dockerfile, Directions directions) => new()
    {
        Context = folder!["context"],
        DockerfilePath = dockerfile,
        Target = directions.Find("target"),
        BuildArgs = directions.Pairs("arg"),
        Labels = directions.Pairs("label"),
        NamedContexts = directions.Pairs("context").ToDictionary(pair => pair.Key, pair => pair.Value.Contains("://", StringComparison.Ordinal) ? pair.Value : folder[pair.Value], StringComparer.Ordinal),
        Secrets = [.. directions.Pairs("secret").Select(pair => SecretOf(pair.Key, pair.Value))],
        Network = directions.Find("network") == "none" ? RunNetwork.None : RunNetwork.Default,
    };

    private SecretSpec SecretOf(string id, string value)
    {
        var path = folder!["secret-" + id];
        File.WriteAllText(path, value);
        return new SecretSpec(id, path, null);
    }

    private async Task<Descriptor> BuildAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        var log = new Log();
        try
        {
            var builder = new ImageBuilder(store!, registry!, TimeProvider.System, () => Stream.Null, () => Stream.Null);
            return (await builder.BuildAsync(request with { Platform = Amd64, SourceDateEpoch = Epoch }, log, _ => { }, cancellationToken)).Manifest;
        }
        catch (BuilderException e)
        {
            throw new InvalidOperationException($"{request.DockerfilePath}: {e.Message} {e.Span}\n{log}", e);
        }
    }

    /// <summary>What the steps wrote, for whoever has to find out why one failed.</summary>
    private sealed class Log : IBuildEvents
    {
        private readonly ConcurrentQueue<string> lines = new();

        public void Publish(BuildEvent buildEvent)
        {
            if (buildEvent is VertexLog log)
            {
                lines.Enqueue(Encoding.UTF8.GetString(log.Data.Span));
            }
        }

        public override string ToString() => string.Concat(lines);
    }
}
