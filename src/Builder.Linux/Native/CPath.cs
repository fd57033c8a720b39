using System.Text;

namespace Builder.Linux.Native;

/// <summary>Paths on their way into the kernel and into messages.</summary>
internal static class CPath
{
    /// <summary>Room that every single name fits in, with its end mark; longer ones go to the heap.</summary>
    internal const int StackSize = 512;

    /// <summary>
    /// Appends NUL in <paramref name="scratch"/>, or on the heap when it does not fit. A NUL inside would silently name
    /// another file, so it is refused.
    /// </summary>
    internal static Span<byte> Terminate(ReadOnlySpan<byte> path, Span<byte> scratch)
    {
        if (path.Contains((byte)0))
        {
            throw new LinuxException("path", Printable(path), Errno.EINVAL, "a file name cannot contain a NUL byte");
        }

        var result = path.Length < scratch.Length ? scratch[..(path.Length + 1)] : new byte[path.Length + 1];
        path.CopyTo(result);
        result[^1] = 0;
        return result;
    }

    internal static byte[] OfText(string path) => Encoding.UTF8.GetBytes(path + "\0");

    /// <summary>For messages only: bytes that are no UTF-8 and control characters are replaced.</summary>
    internal static string Printable(ReadOnlySpan<byte> path) =>
        string.Concat(Encoding.UTF8.GetString(path).Select(c => char.IsControl(c) ? '?' : c));
}
