using System.Buffers.Text;

namespace Builder.Linux.Native;

/// <summary>
/// <c>/proc/self/fd/N/name</c>: reaches a name in an open directory, or an O_PATH descriptor's own file, through calls
/// that take only paths. The kernel jumps straight to the descriptor's inode, so no parent can be swapped meanwhile.
/// </summary>
internal static class ProcPath
{
    internal static Span<byte> Of(int descriptor, ReadOnlySpan<byte> name, Span<byte> scratch)
    {
        var prefix = "/proc/self/fd/"u8;
        var needed = prefix.Length + 10 + 1 + name.Length + 1;
        var path = needed <= scratch.Length ? scratch : new byte[needed];
        prefix.CopyTo(path);
        Utf8Formatter.TryFormat(descriptor, path[prefix.Length..], out var digits);
        var length = prefix.Length + digits;
        if (!name.IsEmpty)
        {
            path[length++] = (byte)'/';
            name.CopyTo(path[length..]);
            length += name.Length;
        }

        path[length] = 0;
        return path[..(length + 1)];
    }
}
