using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Syntax;
using Builder.Engine.Contexts;
using Builder.Engine.Exporters;
using Builder.Engine.Images;
using Builder.Engine.Runners;
using Builder.Graph;
using Builder.Graph.Compilation;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Engine;

/// <summary>The life of a build: read, parse, compile, solve, assemble, export.</summary>
/// <param name="stdout">Opens standard output, for an output that goes there.</param>
public sealed class ImageBuilder(BuilderStore store, RegistryClient registry, TimeProvider time, Func<Stream> stdout)
{
    private const string DefaultDockerfile = "Dockerfile";
    private const int MaxDockerfileSize = 64 << 20;

    /// <summary>Builds an image and puts it where the request says.</summary>
    /// <param name="events">Told what happens, from several threads.</param>
    /// <param name="warnings">Told what is odd about the Dockerfile, before anything is built.</param>
    /// <exception cref="BuilderException">Whatever kept the image from being built.</exception>
    public async Task<BuildResult> BuildAsync(BuildRequest request, IBuildEvents events, Action<Diagnostic> warnings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(warnings);
        var dockerfile = DockerfilePathOf(request);
        var contexts = new ContextFolders(request.ContextFolder, dockerfile);
        var named = NamedContexts(request, contexts);

        var syntax = DockerfileParser.Parse(request.Dockerfile ?? ReadDockerfile(dockerfile));
        var bases = new BaseImages(store, registry, request.Pull);
        var plan = await CompileAsync(request, named, syntax, bases, cancellationToken);
        foreach (var warning in syntax.Warnings.Concat(plan.Warnings))
        {
            warnings(warning);
        }

        var outputs = request.Outputs.Count > 0 ? request.Outputs : [new OutputSpec(OutputKind.Image, null)];
        var forecast = request.Squash == SquashMode.None ? ForecastFor(plan.Image, outputs, cancellationToken) : null;
        var root = await SolveAsync(request, plan, contexts, bases, events, forecast, cancellationToken);
        var assembler = new ImageAssembler(store, bases);
        var exporter = new ImageExporter(store, bases, stdout);
        BuildResult? result = null;
        foreach (var output in outputs)
        {
            // Documents and promises only, and known after the first time: cheap enough to make for each output.
            var image = assembler.Assemble(plan.Image, root, output.Form.RewriteTimestamps ?? true, request.Squash, cancellationToken);
            var manifest = await exporter.ExportAsync(image, request.Names, output, cancellationToken);
            result ??= new BuildResult(OciJson.ReadManifest(store.Content.ReadDocument(manifest)).Config.Digest, manifest);
        }

        return result!;
    }

    private LayerForecast ForecastFor(ImageBlueprint image, IReadOnlyList<OutputSpec> outputs, CancellationToken cancellationToken) =>
        new(store, image.Steps.Select(step => step.Layer).OfType<Vertex>(), ImageAssembler.OptionsFor(image, outputs[0].Form.RewriteTimestamps ?? true), cancellationToken);

    private async Task<StepResult?> SolveAsync(
        BuildRequest request, BuildPlan plan, ContextFolders contexts, BaseImages bases, IBuildEvents events, LayerForecast? forecast, CancellationToken cancellationToken)
    {
        // An image that only adds words to its base needs none of its files.
        var needsFiles = request.Squash == SquashMode.All || plan.Image.Steps.Any(step => step.Layer is not null) || request.Outputs.Any(output => output.Kind is OutputKind.Tar or OutputKind.Local);
        if (plan.Root is null || !needsFiles)
        {
            return null;
        }

        var runner = new StepRunner(
            new ImageRunner(store, bases, events, time),
            new RunRunner(store, events, time, request.UserNamespace),
            new CopyRunner(store, contexts, events, time, plan.Image.SourceDateEpoch?.ToUnixTimeSeconds()),
            forecast);
        var solver = new Solver<StepResult>(runner, new SolverCache(store), events, request.Jobs ?? Environment.ProcessorCount, time);
        try
        {
            var results = await solver.SolveAsync(BuildGraph.Of(plan.Root), cancellationToken);
            return results[0];
        }
        finally
        {
            await (forecast?.FinishAsync() ?? Task.CompletedTask);
        }
    }

    private static Task<BuildPlan> CompileAsync(
        BuildRequest request, IReadOnlyDictionary<string, NamedContext> named, DockerfileSyntax syntax, BaseImages bases, CancellationToken cancellationToken)
    {
        var options = new CompileOptions
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
        };
        return DockerfileCompiler.CompileAsync(syntax, options, bases, cancellationToken);
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

    private static string DockerfilePathOf(BuildRequest request)
    {
        if (request.DockerfilePath is { } path)
        {
            return path;
        }

        var standard = Path.Combine(request.ContextFolder, DefaultDockerfile);
        var lower = Path.Combine(request.ContextFolder, "dockerfile");
        return !File.Exists(standard) && File.Exists(lower) ? lower : standard;
    }

    private static SourceText ReadDockerfile(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= MaxDockerfileSize
                ? new SourceText(path, File.ReadAllText(path))
                : throw new BuilderException(EngineErrors.NoDockerfile, $"the Dockerfile {path} has {length} bytes, more than the {MaxDockerfileSize} that are read");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BuilderException(
                EngineErrors.NoDockerfile,
                $"failed to read dockerfile: {path}: no such file",
                "name it with -f, or give the folder that holds it as the build context",
                inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.NoDockerfile, $"failed to read dockerfile: {path}: {(Directory.Exists(path) ? "it is a folder" : "permission denied")}", inner: e);
        }
    }
}
