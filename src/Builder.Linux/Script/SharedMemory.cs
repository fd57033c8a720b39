using System.Runtime.InteropServices;
using Builder.Linux.Native;

namespace Builder.Linux.Script;

/// <summary>Memory that stays common to a process and the copies that fork(2) makes of it.</summary>
internal static unsafe class SharedMemory
{
    private const int ReadAndWrite = 3;
    private const int SharedAnonymous = 0x21;

    public static byte* Map(nuint size)
    {
        var memory = Libc.MapMemory(null, size, ReadAndWrite, SharedAnonymous, -1, 0);
        return (nint)memory == -1 ? throw new LinuxException("mmap", "", (Errno)Marshal.GetLastPInvokeError()) : (byte*)memory;
    }

    public static void Unmap(byte* memory, nuint size) => _ = Libc.UnmapMemory(memory, size);
}
