using System.Text;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Engine.CacheMounts;
using Builder.Engine.Caching;
using Builder.Engine.Containers;
using Builder.Engine.Contexts;
using Builder.Engine.Copying;
using Builder.Engine.Deferring;
using Builder.Engine.Devices;
using Builder.Engine.Explaining;
using Builder.Engine.Exporters;
using Builder.Engine.Failures;
using Builder.Engine.Images;
using Builder.Engine.Locking;
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
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;

namespace Builder.Engine;

/// <summary>The life of a build: read, parse, compile, solve, assemble, export.</summary>
/// <param name="stdin">Opens standard input, for a build context that comes from there.</param>
/// <param name="stdout">Opens standard output, for an output that goes there.</param>
public sealed partial class ImageBuilder(BuilderStore store, RegistryClient registry, TimeProvider time, Func<Stream> stdin, Func<Stream> stdout)
{
    private const string KeepGitDirectory = "BUILDKIT_CONTEXT_KEEP_GIT_DIR";

    /// <summary>Told why each step that runs was not in the cache; null when nobody asks.</summary>
    public Action<CacheMiss>? Missed { get; init; }

    /// <summary>Builds an image and puts it where the request says.</summary>
    /// <param name="events">Told what happens, from several threads.</param>
    /// <param name="warnings">Told what is odd about the Dockerfile, before anything is built.</param>
    /// <exception cref="BuilderException">Whatever kept the image from being built.</exception>
    public async Task<BuildResult> BuildAsync(BuildRequest request, IBuildEvents events, Action<Diagnostic> warnings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(warnings);
        using var access = new BuildAccess(request, store.NewTemporaryPath);
        using var unlocked = new RemoteSources(store, access.Sources, time);
        using var context = await OpenContextAsync(request, unlocked, cancellationToken);
        request = await DockerfileReader.FetchAsync(request, unlocked, cancellationToken);
        var locked = request.Lock == LockMode.Require ? LockFile.Read(LockPathOf(request, context)) : null;
        using var sources = new RemoteSources(store, access.Sources, time, locked);
        var contexts = new ContextFolders(context, DockerfileReader.PathOf(request, context), request.ContextMode, context.IsRemote ? null : folder => new ScanCache(store.Hints, Path.GetFullPath(folder), time));
        var named = NamedContexts(request, contexts);

        var syntax = FrontEnd.Parse(DockerfileReader.Read(request, context), request.BuildArgs);
        var bases = new BaseImages(store, registry, request.Pull);
        var options = OptionsOf(request, named, contexts, new SourceTimes(context, sources));
        var plans = await PlatformPlan.CompileAllAsync(syntax, request, options, locked is null ? bases : new LockedImages(bases, locked), cancellationToken);
        foreach (var warning in PlatformPlan.WarningsOf(plans))
        {
            warnings(warning);
        }

        if (plans.Select(plan => plan.Plan.CheckFailure).FirstOrDefault(failure => failure is not null) is { } failure)
        {
            throw failure;
        }

        var outputs = request.Outputs.Count > 0 ? request.Outputs : [new OutputSpec(OutputKind.Image, null)];
        var caches = new TravellingCaches(store, registry, request, warnings);
        var travel = new CacheMountTravel(store, registry);
        await TakeCacheMountsAsync(travel, request, warnings, cancellationToken);
        IReadOnlyList<StepResult?> roots;
        try
        {
            roots = await SolveAsync(request, access, plans, outputs, contexts, sources, bases, caches, events, cancellationToken);
        }
        finally
        {
            contexts.Remember();
        }

        foreach (var spec in request.CacheMountsTo)
        {
            await travel.ExportAsync(spec, [], cancellationToken);
        }

        if (request.Lock == LockMode.Write)
        {
            var graph = BuildGraph.Of([.. plans.Select(plan => plan.Plan.Root).OfType<Vertex>().Concat(plans.SelectMany(plan => plan.Also))]);
            (await LockFile.OfAsync(graph.Vertices, sources, cancellationToken)).Write(LockPathOf(request, context));
        }

        return await ExportAsync(request, plans, roots, outputs, bases, caches, cancellationToken);
    }

    /// <summary>Puts the images together and sends them where the outputs say.</summary>
    private async Task<BuildResult> ExportAsync(
        BuildRequest request, IReadOnlyList<PlatformPlan> plans, IReadOnlyList<StepResult?> roots, IReadOnlyList<OutputSpec> outputs, BaseImages bases, TravellingCaches caches, CancellationToken cancellationToken)
    {
        LayerOptions Options(Snapshot layer) => ImageAssembler.OptionsFor(store, plans[0].Plan.Image, !request.UsesClock, layer);
        var assembler = new ImageAssembler(
            store, bases, request.Annotations, request.UsesClock ? time.GetUtcNow() : null, root => caches.Inline(root, Options, cancellationToken));
        var exporter = new ImageExporter(store, bases, stdout);
        var manifests = new List<Descriptor>();
        Digest? id = null;
        foreach (var output in outputs)
        {
            // Documents and promises only, and known after the first time: cheap enough to make for each output.
            var images = plans.Zip(roots).Select(pair =>
                assembler.Assemble(pair.First.Plan.Image, pair.Second, output.Form.RewriteTimestamps ?? true, request.Squash, cancellationToken)).ToList();
            var set = new ImageSet(images, images.Count == 1 ? images[0].Manifest : new IndexAssembler(store).Assemble(images, request.IndexAnnotations));
            manifests.Add(await exporter.ExportAsync(set, request.Names, output, cancellationToken));
            id ??= images.Count == 1 ? OciJson.ReadManifest(store.Content.ReadDocument(manifests[0])).Config.Digest : manifests[0].Digest;
        }

        return new BuildResult(id!.Value, manifests[0]) { Exported = manifests };
    }

    private LayerForecast ForecastFor(IReadOnlyList<PlatformPlan> plans, OutputSpec output, bool rewrites, CancellationToken cancellationToken) => new(
        store,
        plans.SelectMany(plan => plan.Plan.Image.Steps).Select(step => step.Layer).OfType<Vertex>(),
        layer => ImageAssembler.OptionsFor(store, plans[0].Plan.Image, rewrites && (output.Form.RewriteTimestamps ?? true), layer),
        cancellationToken);

    /// <summary>The results of the plans' roots, in their order; null for an image whose files nobody needs.</summary>
    private async Task<IReadOnlyList<StepResult?>> SolveAsync(
        BuildRequest request, BuildAccess access, IReadOnlyList<PlatformPlan> plans, IReadOnlyList<OutputSpec> outputs, ContextFolders contexts, RemoteSources sources, BaseImages bases, TravellingCaches caches, IBuildEvents events, CancellationToken cancellationToken)
    {
        // An image that only adds words to its base needs none of its files.
        var needed = plans.Select(plan => plan.NeedsFiles(request, outputs) ? plan.Plan.Root : null).ToList();
        var targets = needed.OfType<Vertex>().Concat(plans.SelectMany(plan => plan.Also)).DistinctBy(vertex => vertex.Digest).ToList();
        if (targets.Count == 0)
        {
            return [.. plans.Select(_ => (StepResult?)null)];
        }

        var graph = BuildGraph.Of(targets);
        request.Allowed.Require(graph);
        var files = new KnownFiles(store.Hints);
        var seen = ExplainTo(events, files);
        var times = new InputTimes(request.UsesClock ? time : null);
        var binds = new BindSources(store, contexts, times, files, time);
        var forecast = request.Squash == SquashMode.None ? ForecastFor(plans, outputs[0], !request.UsesClock, cancellationToken) : null;
        var failures = request.KeepFailed is not null || request.ShellOnError || request.BreakLine is not null ? new FailedSteps(request.BreakLine) : null;
        await using var networks = new StepNetworks(request.Isolation.PrivateNetwork, store.NewTemporaryPath, (vertex, text) => Tell(events, vertex, text));
        var firstRun = graph.Vertices.Select(vertex => vertex.Operation).OfType<RunOperation>().FirstOrDefault(run => run.Network == RunNetwork.Default);
        var runs = RunRunnerOf(request, access, binds, networks, times, failures, events);
        var trees = new DeferredTrees(store, new LayerOrigins(bases), events, time);
        var plan = PlanOf(request, graph, outputs, failures);
        var copies = new CopyRunner(store, contexts, events, time, times, files);
        var runner = new StepRunner(
            new SourceRunner(sources, events, time),
            new ImageRunner(store, bases, events, time),
            runs,
            binds,
            copies,
            new LayerRunner(store, trees, copies, times, plans[0].Plan.Image.SourceDateEpoch),
            trees,
            plan,
            forecast,
            failures,
            workBegins: firstRun is null ? null : () => networks.Expect(firstRun.Network));
        var cache = new SolverCache(store, files, time, trees.Origins, await caches.ImportAsync(trees.Origins, cancellationToken));
        var solver = new Solver<StepResult>(runner, cache, seen, request.Jobs ?? Environment.ProcessorCount, time) { KeepsGoing = request.KeepGoing };
        LayerOptions Options(Snapshot layer) => ImageAssembler.OptionsFor(store, plans[0].Plan.Image, !request.UsesClock, layer);
        var failed = true;
        try
        {
            while (true)
            {
                try
                {
                    var results = graph.Targets.Zip(await solver.SolveAsync(graph, cancellationToken)).ToDictionary(pair => pair.First.Digest, pair => pair.Second);
                    foreach (var root in needed.OfType<Vertex>())
                    {
                        var snapshot = results[root.Digest].Snapshot;
                        await (TakesFiles(request, outputs) ? trees.UnpackAsync(root, snapshot, cancellationToken) : trees.LearnAsync(snapshot, cancellationToken));
                    }

                    failed = false;
                    return [.. needed.Select(root => root is null ? null : results[root.Digest])];
                }
                catch (BreakpointException stop)
                {
                    await OpenShellAsync(runs, stop.Step, $"before {stop.Step.Vertex}: the build goes on when this shell ends", cancellationToken);
                    failures!.Continue();
                }
            }
        }
        catch (BuilderException) when (failures?.First is not null && !cancellationToken.IsCancellationRequested)
        {
            await LookIntoAsync(request, failures.First, runs, bases, cancellationToken);
            throw;
        }
        finally
        {
            await (forecast?.FinishAsync() ?? Task.CompletedTask);
            if (!cancellationToken.IsCancellationRequested)
            {
                // What was made is worth keeping, above all when the next attempt needs it.
                await caches.ExportAsync(graph, solver.DefinitionKeys, trees, Options, failed, cancellationToken);
            }
        }
    }

    /// <summary>What may stay without files. Layers that are written at once have the times that nearly all outputs want.</summary>
    /// <exception cref="RootNeededException">An ordinary user's build does more than making layers.</exception>
    private static DeferralPlan PlanOf(BuildRequest request, BuildGraph graph, IReadOnlyList<OutputSpec> outputs, FailedSteps? failures)
    {
        var keepsFiles = !request.Defers || failures is not null || request.UsesClock || TakesFiles(request, outputs)
            || outputs.Any(output => output.Form.RewriteTimestamps == false);
        var plan = DeferralPlan.Of(graph, keepsFiles);
        if (plan.NeedsRoot)
        {
            DeferredTrees.RequireRoot();
        }

        return plan;
    }

    private static bool TakesFiles(BuildRequest request, IReadOnlyList<OutputSpec> outputs) =>
        request.Squash != SquashMode.None || outputs.Any(output => output.Kind is OutputKind.Tar or OutputKind.Local);

    private IBuildEvents ExplainTo(IBuildEvents events, KnownFiles files) =>
        Missed is null ? events : new ExplainingEvents(events, new MissExplainer(store.Steps.History(), files), Missed);

    private RunRunner RunRunnerOf(BuildRequest request, BuildAccess access, BindSources binds, StepNetworks networks, InputTimes times, FailedSteps? failures, IBuildEvents events)
    {
        var settings = new RunSettings
        {
            Isolation = request.Isolation,
            Allowed = request.Allowed,
            CachePlaces = request.CachePlaces,
            Failed = request.KeepFailed is not null || request.ShellOnError ? failures!.Note : null,
        };
        var mounting = new StepMounts.Maker(store, binds, access.Secrets, access.Agents, settings, (vertex, text) => Tell(events, vertex, text));
        return new RunRunner(store, mounting, new HostDevices(HostDevices.StandardFolders, request.Allowed), networks, settings, times, events, time);
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
            CacheTtl = request.CacheTtl,
            NoCacheLine = request.BreakLine,
            Network = request.Network,
            ExtraHosts = request.ExtraHosts,
            SourceDateEpoch = request.SourceDateEpoch,
            NamePlatform = request.Platforms.Count > 1,
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
