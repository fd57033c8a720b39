using System.Text;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Engine.Containers;
using Builder.Engine.Contexts;
using Builder.Engine.Devices;
using Builder.Engine.Exporters;
using Builder.Engine.Images;
using Builder.Engine.Mounts;
using Builder.Engine.Runners;
using Builder.Engine.Sources;
using Builder.Graph;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Engine;

/// <summary>The life of a build: read, parse, compile, solve, assemble, export.</summary>
/// <param name="stdin">Opens standard input, for a build context that comes from there.</param>
/// <param name="stdout">Opens standard output, for an output that goes there.</param>
public sealed partial class ImageBuilder(BuilderStore store, RegistryClient registry, TimeProvider time, Func<Stream> stdin, Func<Stream> stdout)
{
    private const string KeepGitDirectory = "BUILDKIT_CONTEXT_KEEP_GIT_DIR";

    /// <summary>Builds an image and puts it where the request says.</summary>
    /// <param name="events">Told what happens, from several threads.</param>
    /// <param name="warnings">Told what is odd about the Dockerfile, before anything is built.</param>
    /// <exception cref="BuilderException">Whatever kept the image from being built.</exception>
    public async Task<BuildResult> BuildAsync(BuildRequest request, IBuildEvents events, Action<Diagnostic> warnings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(warnings);
        using var access = new BuildAccess(request, store.NewTemporaryPath);
        using var sources = new RemoteSources(store, access.Sources, time);
        using var context = await OpenContextAsync(request, sources, cancellationToken);
        request = await DockerfileReader.FetchAsync(request, sources, cancellationToken);
        var contexts = new ContextFolders(context, DockerfileReader.PathOf(request, context), request.ContextMode);
        var named = NamedContexts(request, contexts);

        var syntax = FrontEnd.Parse(DockerfileReader.Read(request, context), request.BuildArgs);
        var bases = new BaseImages(store, registry, request.Pull);
        var options = OptionsOf(request, named, contexts, new SourceTimes(context, sources));
        var plan = await DockerfileCompiler.CompileAsync(syntax, options, bases, cancellationToken);
        foreach (var warning in plan.Warnings)
        {
            warnings(warning);
        }

        if (plan.CheckFailure is { } failure)
        {
            throw failure;
        }

        var outputs = request.Outputs.Count > 0 ? request.Outputs : [new OutputSpec(OutputKind.Image, null)];
        var forecast = request.Squash == SquashMode.None ? ForecastFor(plan.Image, outputs, cancellationToken) : null;
        var root = await SolveAsync(request, access, plan, contexts, sources, bases, events, forecast, cancellationToken);
        var assembler = new ImageAssembler(store, bases, request.Annotations);
        var exporter = new ImageExporter(store, bases, stdout);
        var manifests = new List<Descriptor>();
        foreach (var output in outputs)
        {
            // Documents and promises only, and known after the first time: cheap enough to make for each output.
            var image = assembler.Assemble(plan.Image, root, output.Form.RewriteTimestamps ?? true, request.Squash, cancellationToken);
            var manifest = await exporter.ExportAsync(image, request.Names, output, cancellationToken);
            manifests.Add(manifest);
        }

        return new BuildResult(OciJson.ReadManifest(store.Content.ReadDocument(manifests[0])).Config.Digest, manifests[0]) { Exported = manifests };
    }

    private LayerForecast ForecastFor(ImageBlueprint image, IReadOnlyList<OutputSpec> outputs, CancellationToken cancellationToken) =>
        new(store, image.Steps.Select(step => step.Layer).OfType<Vertex>(), ImageAssembler.OptionsFor(image, outputs[0].Form.RewriteTimestamps ?? true), cancellationToken);

    private async Task<StepResult?> SolveAsync(
        BuildRequest request, BuildAccess access, BuildPlan plan, ContextFolders contexts, RemoteSources sources, BaseImages bases, IBuildEvents events, LayerForecast? forecast, CancellationToken cancellationToken)
    {
        // An image that only adds words to its base needs none of its files.
        var needsFiles = request.Squash == SquashMode.All || plan.Image.Steps.Any(step => step.Layer is not null) || request.Outputs.Any(output => output.Kind is OutputKind.Tar or OutputKind.Local);
        if (plan.Root is null || !needsFiles)
        {
            return null;
        }

        var graph = BuildGraph.Of(plan.Root);
        request.Allowed.Require(graph);
        var binds = new BindSources(store, contexts, time);
        await using var networks = new StepNetworks(request.Isolation.PrivateNetwork, store.NewTemporaryPath, (vertex, text) => Tell(events, vertex, text));
        var firstRun = graph.Vertices.Select(vertex => vertex.Operation).OfType<RunOperation>().FirstOrDefault(run => run.Network == RunNetwork.Default);
        var runner = new StepRunner(
            new SourceRunner(sources, events, time),
            new ImageRunner(store, bases, events, time),
            RunRunnerOf(request, access, binds, networks, events),
            binds,
            new CopyRunner(store, contexts, events, time),
            forecast,
            workBegins: firstRun is null ? null : () => networks.Expect(firstRun.Network));
        var solver = new Solver<StepResult>(runner, new SolverCache(store), events, request.Jobs ?? Environment.ProcessorCount, time);
        try
        {
            var results = await solver.SolveAsync(graph, cancellationToken);
            return results[0];
        }
        finally
        {
            await (forecast?.FinishAsync() ?? Task.CompletedTask);
        }
    }

    private RunRunner RunRunnerOf(BuildRequest request, BuildAccess access, BindSources binds, StepNetworks networks, IBuildEvents events)
    {
        var settings = new RunSettings
        {
            Isolation = request.Isolation,
            Allowed = request.Allowed,
            CachePlaces = request.CachePlaces,
        };
        var mounting = new StepMounts.Maker(store, binds, access.Secrets, access.Agents, settings, (vertex, text) => Tell(events, vertex, text));
        return new RunRunner(store, mounting, new HostDevices(HostDevices.StandardFolders, request.Allowed), networks, settings, events, time);
    }

    private void Tell(IBuildEvents events, Vertex vertex, string text) =>
        events.Publish(new VertexLog(vertex, time.GetUtcNow(), 2, Encoding.UTF8.GetBytes(text + "\n")));

    private static CompileOptions OptionsOf(
        BuildRequest request, IReadOnlyDictionary<string, NamedContext> named, ContextFolders contexts, ISourceTimes times) =>
        new()
        {
            Target = request.Target,
            TargetPlatform = request.Platform ?? Platform.Host,
            BuildArgs = request.BuildArgs,
            NamedContexts = named,
            Labels = request.Labels,
            NoCache = request.NoCache,
            NoCacheStages = request.NoCacheStages,
            Network = request.Network,
            ExtraHosts = request.ExtraHosts,
            SourceDateEpoch = request.SourceDateEpoch,
            Context = new ContextView(contexts),
            SourceTimes = times,
        };

    private Task<MainContext> OpenContextAsync(BuildRequest request, RemoteSources sources, CancellationToken cancellationToken)
    {
        var keepsGit = request.BuildArgs.GetValueOrDefault(KeepGitDirectory) is { } value && (value == "1" || bool.TryParse(value, out var flag) && flag);
        return new ContextOpener(store, sources, request.Sources, stdin).OpenAsync(request.Context, keepsGit, cancellationToken);
    }

    private static Dictionary<string, NamedContext> NamedContexts(BuildRequest request, ContextFolders contexts)
    {
        var named = new Dictionary<string, NamedContext>(StringComparer.Ordinal);
        foreach (var (name, value) in request.NamedContexts)
        {
            named[name] = NamedContextParser.Parse(name, value);
            if (named[name] is FolderContext)
            {
                contexts.Add(name, value);
            }
        }

        return named;
    }
}
