using System.Text;

namespace Builder.Engine.Copying;

/// <summary>
/// Paths inside a root: bytes, relative to it, without a leading slash; empty is the root itself. Text made of them is for
/// matching and for people; bytes that are no UTF-8 survive only in the path.
/// </summary>
internal static class GuestPath
{
    public static byte[] FromText(string text) => Encoding.UTF8.GetBytes(text.Trim('/'));

    public static string ToText(ReadOnlySpan<byte> path) => Encoding.UTF8.GetString(path);

    /// <summary>A text that compares and equals as the bytes do: Latin-1 maps them to characters one to one.</summary>
    public static string Key(ReadOnlySpan<byte> path) => Encoding.Latin1.GetString(path);

    public static byte[] FromKey(string key) => Encoding.Latin1.GetBytes(key);

    public static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name) =>
        directory.IsEmpty ? name.ToArray() : [.. directory, (byte)'/', .. name];

    public static byte[] Parent(ReadOnlySpan<byte> path)
    {
        var slash = path.LastIndexOf((byte)'/');
        return slash < 0 ? [] : path[..slash].ToArray();
    }

    public static byte[] Name(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'/') + 1)..].ToArray();
}
