using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>What the user says beside the Dockerfile and what changes its meaning.</summary>
public sealed record CompileOptions
{
    /// <summary>The name of the stage to build; null for the last one.</summary>
    public string? Target { get; init; }

    /// <summary>What the image is for.</summary>
    public Platform TargetPlatform { get; init; } = Platform.Host;

    /// <summary>What the build runs on.</summary>
    public Platform BuildPlatform { get; init; } = Platform.Host;

    /// <summary><c>--build-arg</c>; a value may be empty.</summary>
    public IReadOnlyDictionary<string, string> BuildArgs { get; init; } = new Dictionary<string, string>();

    /// <summary><c>--build-context</c>, by the names the user gave (with <c>::os/arch</c> if they did).</summary>
    public IReadOnlyDictionary<string, NamedContext> NamedContexts { get; init; } = new Dictionary<string, NamedContext>();

    /// <summary><c>--label</c>: set last, over those of the file.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Run every step again.</summary>
    public bool NoCache { get; init; }

    /// <summary>Run the step of the instruction on this line again; null for none.</summary>
    public int? NoCacheLine { get; init; }

    /// <summary>Run the steps of these stages again.</summary>
    public IReadOnlyList<string> NoCacheStages { get; init; } = [];

    /// <summary>How old a known result of any step may be (<c>--cache-ttl</c>); a directive above an instruction wins.</summary>
    public TimeSpan? CacheTtl { get; init; }

    /// <summary>The network of each RUN that does not say.</summary>
    public RunNetwork Network { get; init; } = RunNetwork.Default;

    public IReadOnlyList<HostEntry> ExtraHosts { get; init; } = [];

    /// <summary>Whether names of vertices start with the platform; for builds of several platforms at once.</summary>
    public bool NamePlatform { get; init; }

    /// <summary>Asked when SOURCE_DATE_EPOCH names a source; null when nobody knows.</summary>
    public ISourceTimes? SourceTimes { get; init; }

    /// <summary>What checks may know about the main context; null when it cannot be looked into.</summary>
    public IContextView? Context { get; init; }

    /// <summary>As if given as the build argument SOURCE_DATE_EPOCH, which wins: seconds since 1970.</summary>
    public long? SourceDateEpoch { get; init; }
}
