using Builder.Storage.Snapshots;

namespace Builder.Engine;

/// <summary>What a vertex leaves behind: a root file system to build upon.</summary>
/// <param name="Snapshot">Null for the empty file system.</param>
/// <param name="Time">How old it is: the time of the newest thing that went into it (spec/formats.md, "How old an image is"); null when nothing says.</param>
internal sealed record StepResult(Snapshot? Snapshot, DateTimeOffset? Time = null)
{
    /// <summary>When it was made, if that was before this build.</summary>
    public DateTimeOffset? Made { get; init; }

    /// <summary>How long it took to make; null when nobody measured.</summary>
    public TimeSpan? Took { get; init; }
}
