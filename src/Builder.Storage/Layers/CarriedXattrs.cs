using System.Buffers.Binary;
using Builder.Archives.Tar;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>
/// The extended attributes that travel in layers: file capabilities, and users' own (<c>user.*</c>) but for the bookkeeping
/// of overlayfs and of this store. No reader restores labels or ACLs, and <c>trusted.*</c> would let a layer steer overlayfs.
/// </summary>
internal static class CarriedXattrs
{
    private const int CapabilityV3Size = 24;
    private const int CapabilityV2Size = 20;
    private const uint CapabilityRevisionMask = 0xff000000;
    private const uint CapabilityV2 = 0x02000000;
    private const uint CapabilityV3 = 0x03000000;

    /// <summary>Where a single-id user namespace keeps the owner that a file should have: <c>uid:gid</c>.</summary>
    internal static ReadOnlySpan<byte> OwnerName => "user.builder.owner"u8;

    private static ReadOnlySpan<byte> Capability => "security.capability"u8;

    internal static bool IsCarried(ReadOnlySpan<byte> name) =>
        name.SequenceEqual(Capability) ||
        (name.StartsWith("user."u8) && !name.StartsWith(OverlayMarks.UserPrefix) && !name.StartsWith("user.builder."u8) && !name.Contains((byte)'='));

    internal static bool IsAccessList(ReadOnlySpan<byte> name) => name.StartsWith("system.posix_acl_"u8);

    /// <summary>Those of a file that travel, sorted by name.</summary>
    /// <param name="names">The names of all that the file has.</param>
    internal static IReadOnlyList<TarXattr> Read(DirectoryHandle directory, ReadOnlySpan<byte> file, IReadOnlyList<byte[]> names)
    {
        List<TarXattr>? carried = null;
        foreach (var name in names)
        {
            if (IsCarried(name) && directory.GetXattr(file, name) is { } value)
            {
                (carried ??= []).Add(new TarXattr(name, name.AsSpan().SequenceEqual(Capability) ? WithoutRootId(value) : value));
            }
        }

        carried?.Sort(static (a, b) => a.Name.Span.SequenceCompareTo(b.Name.Span));
        return carried ?? (IReadOnlyList<TarXattr>)[];
    }

    /// <summary>Of the attributes of an entry those that unpacking it would set.</summary>
    internal static IReadOnlyList<TarXattr> Unpacked(IReadOnlyList<TarXattr> xattrs, FileType type) =>
    [
        .. xattrs
            .Where(xattr => IsCarried(xattr.Name.Span) && (type is FileType.Regular or FileType.Directory || !xattr.Name.Span.StartsWith("user."u8)))
            .OrderBy(xattr => xattr.Name, Comparer<ReadOnlyMemory<byte>>.Create((a, b) => a.Span.SequenceCompareTo(b.Span))),
    ];

    internal static bool Same(IReadOnlyList<TarXattr> a, IReadOnlyList<TarXattr> b)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        for (var i = 0; i < a.Count; i++)
        {
            if (!a[i].Name.Span.SequenceEqual(b[i].Name.Span) || !a[i].Value.Span.SequenceEqual(b[i].Value.Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A capability that was set in a user namespace names that namespace's root (capabilities(7), version 3), which means
    /// nothing elsewhere: it travels as version 2, the same capability for everybody's root.
    /// </summary>
    private static byte[] WithoutRootId(byte[] value)
    {
        if (value.Length != CapabilityV3Size)
        {
            return value;
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(value);
        if ((magic & CapabilityRevisionMask) != CapabilityV3)
        {
            return value;
        }

        var plain = value[..CapabilityV2Size];
        BinaryPrimitives.WriteUInt32LittleEndian(plain, (magic & ~CapabilityRevisionMask) | CapabilityV2);
        return plain;
    }
}
