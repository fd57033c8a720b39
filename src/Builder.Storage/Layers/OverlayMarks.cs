using System.Text;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>
/// How overlayfs marks, in an upper folder, what is gone from the folders below: a whiteout is a character device 0:0 or,
/// from user-space tools, an empty file with an attribute; an opaque directory hides all that is below it.
/// </summary>
internal sealed class OverlayMarks(bool userXattrs)
{
    internal static ReadOnlySpan<byte> TrustedPrefix => "trusted.overlay."u8;

    internal static ReadOnlySpan<byte> UserPrefix => "user.overlay."u8;

    private readonly byte[] opaque = Name(userXattrs, "opaque");
    private readonly byte[] whiteout = Name(userXattrs, "whiteout");
    private readonly byte[] redirect = Name(userXattrs, "redirect");
    private readonly byte[] metacopy = Name(userXattrs, "metacopy");

    internal void SetOpaque(DirectoryHandle directory, ReadOnlySpan<byte> name) => directory.SetXattr(name, opaque, "y"u8);

    internal static void MakeWhiteout(DirectoryHandle directory, ReadOnlySpan<byte> name) =>
        directory.MakeNode(name, FileType.CharacterDevice, mode: 0);

    internal bool IsOpaque(DirectoryHandle directory, ReadOnlySpan<byte> name) =>
        directory.GetXattr(name, opaque) is [(byte)'y'];

    /// <param name="xattrs">The names of the attributes it has.</param>
    internal bool IsWhiteout(in FileStatus status, IReadOnlyList<byte[]> xattrs) =>
        status.IsWhiteoutDevice || (status is { Type: FileType.Regular, Size: 0 } && Has(xattrs, whiteout));

    /// <summary>Builder mounts with these features off; where one is found all the same, the upper folder is not the whole truth.</summary>
    internal bool RefersToLower(IReadOnlyList<byte[]> xattrs) => Has(xattrs, redirect) || Has(xattrs, metacopy);

    private static bool Has(IReadOnlyList<byte[]> xattrs, byte[] name)
    {
        foreach (var xattr in xattrs)
        {
            if (xattr.AsSpan().SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] Name(bool userXattrs, string mark) =>
        [.. userXattrs ? UserPrefix : TrustedPrefix, .. Encoding.ASCII.GetBytes(mark)];
}
