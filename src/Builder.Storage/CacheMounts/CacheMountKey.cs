using Builder.Oci;

namespace Builder.Storage.CacheMounts;

/// <summary>
/// What makes two cache mounts the same: id, what a new directory starts from, and the owner and mode that were asked for, as
/// in BuildKit. Everything else that a Dockerfile says about one is about how it is used.
/// </summary>
/// <param name="Id">The user's; any text.</param>
public sealed record CacheMountKey(string Id)
{
    /// <summary>What tells one first content from another; null for an empty directory.</summary>
    public string? Origin { get; init; }

    /// <summary>Permission bits of a new directory; null for 0755.</summary>
    public uint? Mode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    /// <summary>Names the folder, so that no id can be a path (CVE-2024-9675).</summary>
    internal string FolderName => Digest.OfText(
        $"{Id.Length}:{Id}\n{Origin?.Length ?? -1}:{Origin}\n{Mode}:{Uid}:{Gid}").Hex;
}

/// <summary>What two steps do that want one cache at the same time.</summary>
public enum CacheMountSharing
{
    /// <summary>Use it together.</summary>
    Shared,

    /// <summary>Have a directory each.</summary>
    Private,

    /// <summary>One waits for the other.</summary>
    Locked,
}
