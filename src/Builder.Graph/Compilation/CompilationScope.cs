using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>What all stages of one compilation share, and what became of those that are compiled already.</summary>
/// <param name="buildArgs">The user's, with SOURCE_DATE_EPOCH among them if there is one.</param>
internal sealed class CompilationScope(
    DockerfileSyntax dockerfile, CompileOptions options, IReadOnlyDictionary<string, string> buildArgs,
    VariableMap globals, Expander expander, List<Finding> findings)
{
    private const string DefaultHostname = "buildkitsandbox";

    private readonly Dictionary<int, (StagePlan Plan, StageState State)> compiled = [];

    public DockerfileSyntax Dockerfile => dockerfile;

    public CompileOptions Options => options;

    public IReadOnlyDictionary<string, string> BuildArgs => buildArgs;

    public VariableMap Globals => globals;

    public Expander Expander => expander;

    /// <summary>What checks found, whether or not somebody silenced it.</summary>
    public List<Finding> Findings => findings;

    /// <summary>The names of all ARGs that were gone through, those of triggers among them.</summary>
    public HashSet<string> DeclaredArgs { get; } = new(StringComparer.Ordinal);

    public GraphBuilder Graph { get; } = new();

    /// <summary>The time of what the build makes without a source, and the latest one in the image; null for none.</summary>
    public DateTimeOffset? SourceDateEpoch { get; } = SourceDate.Of(buildArgs, globals);

    public string Hostname => BuildArgs.GetValueOrDefault("BUILDKIT_SANDBOX_HOSTNAME") is { Length: > 0 } name ? name : DefaultHostname;

    public string? CacheNamespace => BuildArgs.GetValueOrDefault("BUILDKIT_CACHE_MOUNT_NS") is { Length: > 0 } name ? name : null;

    /// <summary>The proxies, under both spellings of each name, since programs disagree about which one counts.</summary>
    public IReadOnlyList<string> ProxyEnvironment { get; } =
    [
        .. from name in new[] { "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY" }
           let lower = name.ToLowerInvariant()
           let value = buildArgs.GetValueOrDefault(name) ?? buildArgs.GetValueOrDefault(lower)
           where value is not null
           from spelling in new[] { name, lower }
           select $"{spelling}={value}",
    ];

    public void Add(StagePlan plan, StageState state) => compiled.Add(plan.Syntax.Index, (plan, state));

    /// <summary>The needed stages in the order of the file.</summary>
    public IEnumerable<(StagePlan Plan, StageState State)> Stages => compiled.OrderBy(stage => stage.Key).Select(stage => stage.Value);

    public bool IsCompiled(int stage) => compiled.ContainsKey(stage);

    public StageState StateOf(int stage) => compiled[stage].State;

    /// <summary>What a copy or mount from an origin reads; nothing from a stage that could not start, whose error is told already.</summary>
    public Vertex SourceOf(Origin origin) => origin switch
    {
        FailedOrigin failed => throw failed.Error,
        StageOrigin stage when !IsCompiled(stage.Index) => Graph.OrScratch(null),
        StageOrigin stage when compiled[stage.Index].Plan is { IsReplaced: true } plan => SourceOf(plan.Base),
        StageOrigin stage => Graph.OrScratch(compiled[stage.Index].State.Root),
        ImageOrigin image => ImageVertex(image, $"FROM {image.Image.Reference}"),
        SourceOrigin source => SourceVertex(source.Operation),
        _ => Graph.OrScratch(null),
    };

    public Vertex MainContext => SourceVertex(new ContextOperation(ContextOperation.MainName));

    public Vertex SourceVertex(Operation operation) => Graph.Add(operation, [], null, StepNames.OfSource(operation), null);

    public Vertex ImageVertex(ImageOrigin image, string name, Diagnostics.SourceSpan? span = null)
    {
        var operation = new ImageOperation(image.Image.Reference, image.Image.ManifestDigest, image.Platform) { LayoutPath = image.Image.LayoutPath };
        return Graph.Add(operation, [], null, name, span);
    }
}
