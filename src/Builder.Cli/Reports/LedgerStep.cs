using Builder.Graph;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Cli.Reports;

/// <summary>One step of a build as it went, once it is over.</summary>
/// <param name="Started">When it was first heard of.</param>
/// <param name="Ended">Null for one that was still running when the build ended.</param>
internal sealed record LedgerStep(Vertex Vertex, DateTimeOffset Started, DateTimeOffset? Ended, StepFate Fate)
{
    public string Name => Vertex.ToString();

    /// <summary>What its processes used; null for a step without processes.</summary>
    public VertexUsage? Usage { get; init; }

    /// <summary>Why it was not in the cache; null when nobody asked.</summary>
    public string? Missed { get; init; }

    /// <summary>What the step cache knows it by; null when that was not told.</summary>
    public Digest? Key { get; init; }

    /// <summary>What it took when it last ran; null when it ran now, or nobody knows.</summary>
    public TimeSpan? Saved { get; init; }

    /// <summary>Bytes that were fetched for it.</summary>
    public long Fetched { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    public bool IsCached => Fate is StepFate.Cached or StepFate.Skipped;

    public TimeSpan Took(DateTimeOffset end) => (Ended ?? end) - Started;
}
