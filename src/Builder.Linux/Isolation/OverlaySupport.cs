using Builder.Linux.Native;
using Builder.Linux.Script;

namespace Builder.Linux.Isolation;

/// <summary>What the kernel's overlayfs can do, found by trying and not by version.</summary>
public static unsafe class OverlaySupport
{
    private const int SetString = 1;

    /// <summary>Whether "lowerdir+" exists (Linux 6.8). Needs CAP_SYS_ADMIN in the user namespace; without it the answer is no.</summary>
    public static bool TakesLowerDirsOneByOne()
    {
        fixed (byte* type = "overlay\0"u8, key = "lowerdir+\0"u8, root = "/\0"u8)
        {
            var context = Libc.RawSyscall(SyscallNumbers.Of(SystemCall.FsOpen), (nint)type, 1, 0, 0, 0, 0);
            if (context < 0)
            {
                return false;
            }

            using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(context, ownsHandle: true);
            return Libc.RawSyscall(SyscallNumbers.Of(SystemCall.FsConfig), context, SetString, (nint)key, (nint)root, 0, 0) == 0;
        }
    }
}
