using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Caching;
using Builder.Engine.Contexts;
using Builder.Engine.Exporters;
using Builder.Engine.Locking;
using Builder.Engine.Options;
using Builder.Engine.Pulling;
using Builder.Engine.Secrets;
using Builder.Engine.Sources;
using Builder.Engine.Ssh;
using Builder.Graph.Compilation;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Engine;

/// <summary>Everything a user can say about one build; the command line and the MSBuild task both end here.</summary>
public sealed record BuildRequest
{
    /// <summary>
    /// The main build context: a folder, <c>-</c> for an archive or a Dockerfile on standard input, the URL of one, or a
    /// repository.
    /// </summary>
    public required string Context { get; init; }

    /// <summary>What of the modes of a context's files counts.</summary>
    public ContextMode ContextMode { get; init; }

    /// <summary>How contexts and sources are fetched.</summary>
    public SourceOptions Sources { get; init; } = new();

    /// <summary>
    /// Relative to the working directory, as Docker has it, or inside a context that is no folder; null for
    /// <c>Dockerfile</c> in the context.
    /// </summary>
    public string? DockerfilePath { get; init; }

    /// <summary>The Dockerfile itself, when it is in no file.</summary>
    public SourceText? Dockerfile { get; init; }

    /// <summary>What the image is called in the store and in archives; none makes it an untagged image.</summary>
    public IReadOnlyList<ImageReference> Names { get; init; } = [];

    public string? Target { get; init; }

    public IReadOnlyDictionary<string, string> BuildArgs { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary><c>--build-context NAME=VALUE</c>, values as written.</summary>
    public IReadOnlyDictionary<string, string> NamedContexts { get; init; } = new Dictionary<string, string>();

    /// <summary>What the image's manifest says besides.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>What the image is for; null for this machine's platform.</summary>
    public Platform? Platform { get; init; }

    /// <summary>More than one platform: an image for each, and an index of them.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    public IReadOnlyList<Platform> AllPlatforms => Platforms.Count > 0 ? Platforms : [Platform ?? Oci.Platform.Host];

    /// <summary>What the index says besides, when there are several platforms.</summary>
    public IReadOnlyDictionary<string, string> IndexAnnotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Stages that have to succeed as well, and are not exported.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>Whether steps whose files nobody looks at become layers without having had any; false to compare the two ways.</summary>
    internal bool Defers { get; init; } = true;

    /// <summary>What becomes of Dockerfile.lock.</summary>
    public LockMode Lock { get; init; }

    /// <summary>What the files that a failed step left are kept as; null for not at all.</summary>
    public ImageReference? KeepFailed { get; init; }

    /// <summary>Whether a shell is opened in the container of a step that failed.</summary>
    public bool ShellOnError { get; init; }

    /// <summary>The line of the instruction before which a shell is opened; null for none.</summary>
    public int? BreakLine { get; init; }

    /// <summary>Where directories of cache mounts come from that are not here, before the build.</summary>
    public IReadOnlyList<CacheSpec> CacheMountsFrom { get; init; } = [];

    /// <summary>Where directories of cache mounts go, after the build.</summary>
    public IReadOnlyList<CacheSpec> CacheMountsTo { get; init; } = [];

    /// <summary>Whether a failure stops only what needs the step that failed.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Whether the image says the time of day at which it was built, instead of how old the newest thing in it is.</summary>
    public bool UsesClock { get; init; }

    public bool NoCache { get; init; }

    /// <summary>When registries are asked what the names of base images mean.</summary>
    public PullPolicy Pull { get; init; }

    public IReadOnlyList<string> NoCacheStages { get; init; } = [];

    /// <summary>How old known results may be; null for any age.</summary>
    public TimeSpan? CacheTtl { get; init; }

    /// <summary>Where results of other machines come from.</summary>
    public IReadOnlyList<CacheSpec> CacheFrom { get; init; } = [];

    /// <summary>Where the results go, also those of a build that failed.</summary>
    public IReadOnlyList<CacheSpec> CacheTo { get; init; } = [];

    public RunNetwork Network { get; init; }

    /// <summary>The walls of RUN steps.</summary>
    public IsolationSettings Isolation { get; init; } = IsolationSettings.Default;

    /// <summary>What <c>RUN --mount=type=secret</c> finds.</summary>
    public IReadOnlyList<SecretSpec> Secrets { get; init; } = [];

    /// <summary>What <c>RUN --mount=type=ssh</c> finds.</summary>
    public IReadOnlyList<SshSpec> SshAgents { get; init; } = [];

    /// <summary>What steps may have beyond a container.</summary>
    public Entitlements Allowed { get; init; } = Entitlements.None;

    /// <summary>Folders that take the place of cache mounts, by cache id.</summary>
    public IReadOnlyDictionary<string, string> CachePlaces { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<HostEntry> ExtraHosts { get; init; } = [];

    /// <summary>Seconds since 1970; null when neither the environment nor the user says.</summary>
    public long? SourceDateEpoch { get; init; }

    /// <summary>Which layers become one.</summary>
    public SquashMode Squash { get; init; }

    /// <summary>How many steps run at the same time; null for one a processor.</summary>
    public int? Jobs { get; init; }

    /// <summary>Where the image goes; none keeps it in the store.</summary>
    public IReadOnlyList<OutputSpec> Outputs { get; init; } = [];
}

/// <summary>What came out of a build.</summary>
/// <param name="ImageId">The digest of the image's config, which Docker calls its id.</param>
/// <param name="Manifest">The image's manifest.</param>
public sealed record BuildResult(Digest ImageId, Descriptor Manifest)
{
    /// <summary>The manifest as each of the outputs got it, in their order.</summary>
    public IReadOnlyList<Descriptor> Exported { get; init; } = [];
}
