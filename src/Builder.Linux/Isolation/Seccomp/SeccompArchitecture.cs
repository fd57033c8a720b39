using System.Runtime.InteropServices;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>One calling convention as a filter sees it: it has its own system call numbers.</summary>
/// <param name="Column">The column of its numbers in the table.</param>
/// <param name="PolicyName">What rules that depend on an architecture call it.</param>
/// <param name="AuditArchitecture">AUDIT_ARCH_* of linux/audit.h.</param>
/// <param name="Foreign">Conventions that the same kernel also takes.</param>
public sealed record SeccompArchitecture(string Column, string PolicyName, uint AuditArchitecture, params SeccompArchitecture[] Foreign)
{
    public static SeccompArchitecture I386 { get; } = new("x86", "x86", 0x4000_0003);

    public static SeccompArchitecture Arm { get; } = new("arm", "arm", 0x4000_0028);

    public static SeccompArchitecture X64 { get; } = new("x86_64", "amd64", 0xC000_003E, I386);

    public static SeccompArchitecture Arm64 { get; } = new("aarch64", "arm64", 0xC000_00B7, Arm);

    public static SeccompArchitecture RiscV64 { get; } = new("riscv64", "riscv64", 0xC000_00F3);

    public static SeccompArchitecture Native => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        Architecture.RiscV64 => RiscV64,
        var other => throw new PlatformNotSupportedException($"no system call filter is known for {other}"),
    };
}
