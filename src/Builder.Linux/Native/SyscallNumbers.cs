using System.Runtime.InteropServices;
using Builder.Linux.Script;

namespace Builder.Linux.Native;

/// <summary>
/// The number of a system call on the architecture this process runs on. Every other Linux architecture since
/// riscv64 uses arm64's table.
/// </summary>
internal static partial class SyscallNumbers
{
    public static int Of(SystemCall call) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64(call),
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => Generic(call),
        var other => throw new PlatformNotSupportedException($"no system call numbers are known for {other}"),
    };
}
