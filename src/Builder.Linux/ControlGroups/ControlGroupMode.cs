namespace Builder.Linux.ControlGroups;

/// <summary>How a machine mounts its control groups (cgroups(7)).</summary>
public enum ControlGroupMode
{
    /// <summary>Not at all, or not where this process could see them.</summary>
    None,

    /// <summary>A tree for each controller.</summary>
    V1,

    /// <summary>One tree for all.</summary>
    V2,

    /// <summary>A tree for each controller, and one of version 2 that controls little or nothing but can freeze and kill.</summary>
    Hybrid,
}
