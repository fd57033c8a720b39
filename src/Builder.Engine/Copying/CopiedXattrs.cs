using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// The extended attributes that belong to a file rather than to the machine it lies on: the user's own and file
/// capabilities. Labels, ACLs and overlay's marks stay behind (layers.md R5).
/// </summary>
internal static class CopiedXattrs
{
    public static IEnumerable<byte[]> Of(DirectoryHandle directory, byte[] name) =>
        directory.ListXattrs(name).Where(IsCopied).Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    private static bool IsCopied(byte[] attribute) =>
        (attribute.AsSpan().StartsWith("user."u8) && !attribute.AsSpan().StartsWith("user.overlay."u8))
        || attribute.AsSpan().SequenceEqual("security.capability"u8);
}
