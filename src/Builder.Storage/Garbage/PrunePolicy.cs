using Builder.Oci;

namespace Builder.Storage.Garbage;

/// <summary>What a collection gives up beyond what nothing refers to. The default gives up nothing more.</summary>
public sealed record PrunePolicy
{
    /// <summary>Removes what nothing refers to: neither an image nor the result of a step.</summary>
    public static readonly PrunePolicy GarbageOnly = new();

    /// <summary>Images without a name go.</summary>
    public bool Dangling { get; init; }

    /// <summary>Images with a name go too.</summary>
    public bool Named { get; init; }

    /// <summary>Results of steps that no image needs go.</summary>
    public bool Steps { get; init; }

    /// <summary>Only what was last used (a step) or taken in (an image) before this moment goes.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Which images may go at all, by their config; null for all.</summary>
    public Func<ImageConfig, bool>? Images { get; init; }

    /// <summary>What was used last stays, up to this many bytes.</summary>
    public long? ReservedBytes { get; init; }

    /// <summary>As much goes, the longest unused first, as is needed for the store to be no larger than this many bytes.</summary>
    public long? MaxUsedBytes { get; init; }

    /// <summary>As much goes, the longest unused first, as is needed for the disk to have this many bytes free.</summary>
    public long? MinFreeBytes { get; init; }

    internal bool AsksForSize => ReservedBytes is not null || MaxUsedBytes is not null || MinFreeBytes is not null;

    /// <summary>The size in bytes to come down to; null when everything that may go does.</summary>
    internal long? Goal(long used, long free)
    {
        if (MaxUsedBytes is null && MinFreeBytes is null)
        {
            return ReservedBytes;
        }

        var goal = Math.Min(MaxUsedBytes ?? long.MaxValue, MinFreeBytes is { } wanted ? used - Math.Max(0, wanted - free) : long.MaxValue);
        return Math.Max(goal, ReservedBytes ?? 0);
    }
}
