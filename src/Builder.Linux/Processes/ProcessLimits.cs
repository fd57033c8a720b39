using System.Runtime.InteropServices;
using Builder.Linux.Native;
using Builder.Linux.Script;

namespace Builder.Linux.Processes;

/// <summary>The limits this process has, which a child inherits.</summary>
public static unsafe class ProcessLimits
{
    public static (ulong Soft, ulong Hard) Of(int resource)
    {
        var limits = stackalloc ulong[2];
        return Libc.RawSyscall(SyscallNumbers.Of(SystemCall.PrLimit), 0, resource, 0, (nint)limits, 0, 0) == 0
            ? (limits[0], limits[1])
            : throw new LinuxException("prlimit", resource.ToString(), (Errno)Marshal.GetLastPInvokeError());
    }
}
