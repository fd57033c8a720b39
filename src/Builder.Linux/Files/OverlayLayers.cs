namespace Builder.Linux.Files;

/// <summary>What an overlay file system is made of; all are folders of the host.</summary>
public sealed record OverlayLayers
{
    /// <summary>The read-only folders, the top-most first; at least one.</summary>
    public required IReadOnlyList<string> Lowers { get; init; }

    /// <summary>Where changes go, with a work folder on the same file system; null for a read-only view.</summary>
    public string? Upper { get; init; }

    public string? Work { get; init; }

    /// <summary>The upper folder is mounted again later, and is worth a sync.</summary>
    public bool IsKept { get; init; }

    /// <summary>
    /// Keep overlay's marks in <c>user.overlay.*</c> instead of <c>trusted.overlay.*</c>, as a user namespace must and all
    /// later readers of the same folders then have to.
    /// </summary>
    public bool UserXattrs { get; init; }
}
