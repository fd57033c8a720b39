namespace Builder.Linux.ControlGroups;

/// <summary>Which control group somebody wants.</summary>
public sealed record ControlGroupRequest
{
    public static ControlGroupRequest None { get; } = new();

    public ControlGroupLimits Limits { get; init; } = ControlGroupLimits.None;

    /// <summary>
    /// The group to make it in: absolute from where the trees are mounted, relative from this process's own group; a name that ends
    /// in <c>.slice</c> as systemd nests them. Null for the usual place.
    /// </summary>
    public string? Parent { get; init; }

    /// <summary>Make a group even without limits, so that its processes can be frozen and killed as one.</summary>
    public bool CanFreeze { get; init; }

    /// <summary>What cannot be had is noted instead of refused.</summary>
    public bool IsBestEffort { get; init; }

    /// <summary>The group's name, for one that outlives its maker; null for a name that a later process knows for left behind.</summary>
    public string? Name { get; init; }

    /// <summary>Whether there is anything to make a group for.</summary>
    public bool IsNeeded => CanFreeze || Parent is not null || !Limits.IsEmpty;
}
