using System.Runtime.InteropServices;
using Builder.Linux.Native;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Isolation;

/// <summary>A mount without a place, which a process in another mount namespace can attach.</summary>
public static unsafe class DetachedMount
{
    private const int CopyFlags = 1 | 0x80000 | 0x8000 | 0x1000; // clone, close on exec, recursive, empty path

    /// <summary>A copy of what is mounted at an open place of this process's mount namespace, submounts included.</summary>
    /// <exception cref="LinuxException">open_tree(2) failed.</exception>
    public static SafeFileHandle CopyOf(SafeHandle place)
    {
        ArgumentNullException.ThrowIfNull(place);
        fixed (byte* nothing = "\0"u8)
        {
            var mount = Libc.RawSyscall(SyscallNumbers.Of(SystemCall.OpenTree), place.DangerousGetHandle(), (nint)nothing, CopyFlags, 0, 0, 0);
            return mount < 0
                ? throw new LinuxException("open_tree", "", (Errno)Marshal.GetLastPInvokeError())
                : new SafeFileHandle(mount, ownsHandle: true);
        }
    }
}
