namespace Builder.Storage.Steps;

/// <summary>What a step came to, kept under the digest of what it does and of its inputs.</summary>
public sealed record StepRecord
{
    public required string SnapshotId { get; init; }

    /// <summary>How old it is: the time of the newest thing that went into it.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was made; null in records of earlier versions.</summary>
    public DateTimeOffset? Made { get; init; }

    /// <summary>How long it took to make; null when nobody measured.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>The parts that went into the key, for people who ask why a step was not found in the cache.</summary>
    public IReadOnlyDictionary<string, string> Explanation { get; init; } = new Dictionary<string, string>();
}
