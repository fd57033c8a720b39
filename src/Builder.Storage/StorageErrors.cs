using Builder.Diagnostics;

namespace Builder.Storage;

/// <summary>What can be wrong with content (11xx) and with the disk it is on (51xx).</summary>
public static class StorageErrors
{
    /// <summary>Bytes are not those that their digest or size promised.</summary>
    public static readonly ErrorCode Mismatch = new(1100);

    /// <summary>A blob, snapshot or layer that is not in the store.</summary>
    public static readonly ErrorCode Missing = new(1101);

    /// <summary>The store holds something that it would never have written.</summary>
    public static readonly ErrorCode Corrupt = new(1102);

    /// <summary>A layer of an image that must not or cannot be unpacked: names that lead outside, parents that are files.</summary>
    public static readonly ErrorCode InvalidLayer = new(1103);

    /// <summary>A step left a file whose name the layer format reserves (<c>.wh.*</c>).</summary>
    public static readonly ErrorCode ReservedName = new(1104);

    /// <summary>A layer that can no longer be made with the digest it was promised under.</summary>
    public static readonly ErrorCode BrokenPromise = new(1105);

    /// <summary>An image id prefix that fits several images.</summary>
    public static readonly ErrorCode AmbiguousId = new(1106);

    /// <summary>The check of the store found damage that is still there.</summary>
    public static readonly ErrorCode Damaged = new(1107);

    /// <summary>An image that cannot be removed: something else uses it, or it has several names.</summary>
    public static readonly ErrorCode ImageInUse = new(1108);

    /// <summary>A cache of <c>RUN --mount=type=cache</c> that a running step has.</summary>
    public static readonly ErrorCode CacheMountInUse = new(1140);

    /// <summary>No cache of <c>RUN --mount=type=cache</c> has this id.</summary>
    public static readonly ErrorCode NoSuchCacheMount = new(1141);

    /// <summary>A blob whose bytes are not those of its name any more. It is made again, or taken out to be fetched again.</summary>
    public static readonly ErrorCode DamagedBlob = new(1142);

    /// <summary>No container has this name or id.</summary>
    public static readonly ErrorCode NoSuchContainer = new(1220);

    /// <summary>The beginning of an id that fits several containers.</summary>
    public static readonly ErrorCode AmbiguousContainer = new(1221);

    /// <summary>Another container has the name.</summary>
    public static readonly ErrorCode ContainerNameTaken = new(1222);

    /// <summary>A layer's file belongs to an id that this user namespace does not have.</summary>
    public static readonly ErrorCode UnmappedOwner = new(5100);

    /// <summary>The store's disk is full.</summary>
    public static readonly ErrorCode DiskFull = new(5101);

    /// <summary>The store's folder cannot be used: no permission, another version, another kind of user.</summary>
    public static readonly ErrorCode UnusableStore = new(5102);

    /// <summary>The store is on a file system that cannot be written.</summary>
    public static readonly ErrorCode ReadOnlyStore = new(5104);
}
