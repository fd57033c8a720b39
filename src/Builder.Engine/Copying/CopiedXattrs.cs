using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// The extended attributes that belong to a file rather than to the machine it lies on: the user's own and file
/// capabilities. Labels, ACLs and overlay's marks stay behind (layers.md R5).
/// </summary>
internal static class CopiedXattrs
{
    public static IEnumerable<byte[]> Of(DirectoryHandle directory, byte[] name) =>
        directory.ListXattrs(name).Where(attribute => IsCopied(attribute)).Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    public static bool IsCopied(ReadOnlySpan<byte> attribute) =>
        (attribute.StartsWith("user."u8) && !attribute.StartsWith("user.overlay."u8))
        || attribute.SequenceEqual("security.capability"u8);
}
