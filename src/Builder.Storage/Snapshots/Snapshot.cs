using Builder.Oci;

namespace Builder.Storage.Snapshots;

/// <summary>
/// A finished file tree: what one layer or one step changed, in the form that overlayfs stacks, on top of
/// <see cref="ParentId"/>. Never changes once it exists.
/// </summary>
/// <param name="Id">Names its folder in the store; opaque, safe in a path.</param>
/// <param name="ParentId">The snapshot below; null for the bottom.</param>
/// <param name="Path">The folder that overlayfs takes as a lower.</param>
public sealed record Snapshot(string Id, string? ParentId, string Path)
{
    /// <summary>For an unpacked layer: the stack of layers that this snapshot and those below are. Null for a step's result.</summary>
    public ChainId? ChainId { get; init; }

    /// <summary>For an unpacked layer: the layer that it was unpacked from.</summary>
    public DiffId? DiffId { get; init; }

    /// <summary>It was made without its files: they are unpacked of its layer when somebody asks for them.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>Whether its files are here; those below it may not be.</summary>
    internal bool HasFiles => !IsDeferred || Directory.Exists(Path);

    /// <summary>The folder holds the whole tree and not only what lies on top of the parent: a copying snapshotter made it.</summary>
    public bool IsWhole { get; init; }

    /// <summary>When the step that left it was run; null for an unpacked layer.</summary>
    public DateTimeOffset? Created { get; init; }
}
