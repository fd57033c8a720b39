using System.Runtime.InteropServices;

namespace Builder.Linux.Native;

internal static unsafe partial class Libc
{
    /// <summary>lgetxattr(2), of which only the size or one byte matters.</summary>
    [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true)]
    internal static partial nint ReadMark(byte* path, byte* name, byte* value, nint size);
}
