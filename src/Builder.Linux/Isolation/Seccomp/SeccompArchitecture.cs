using System.Runtime.InteropServices;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>One calling convention as a filter sees it: it has its own system call numbers.</summary>
/// <param name="Column">The column of its numbers in the table.</param>
/// <param name="PolicyName">What rules that depend on an architecture call it.</param>
/// <param name="ScmpName">What profiles call it.</param>
/// <param name="AuditArchitecture">AUDIT_ARCH_* of linux/audit.h.</param>
/// <param name="Foreign">Conventions that the same kernel also takes, and that Docker's default policy lets through.</param>
public sealed record SeccompArchitecture(string Column, string PolicyName, string ScmpName, uint AuditArchitecture, params SeccompArchitecture[] Foreign)
{
    public static SeccompArchitecture I386 { get; } = new("x86", "x86", "SCMP_ARCH_X86", 0x4000_0003);

    public static SeccompArchitecture Arm { get; } = new("arm", "arm", "SCMP_ARCH_ARM", 0x4000_0028);

    /// <summary>64-bit registers, 32-bit pointers: the word of <see cref="X64"/>, and numbers with <see cref="X32Bit"/>.</summary>
    public static SeccompArchitecture X32 { get; } = new("x32", "x32", "SCMP_ARCH_X32", 0xC000_003E);

    public static SeccompArchitecture X64 { get; } = new("x86_64", "amd64", "SCMP_ARCH_X86_64", 0xC000_003E, I386);

    public static SeccompArchitecture Arm64 { get; } = new("aarch64", "arm64", "SCMP_ARCH_AARCH64", 0xC000_00B7, Arm);

    public static SeccompArchitecture RiscV64 { get; } = new("riscv64", "riscv64", "SCMP_ARCH_RISCV64", 0xC000_00F3);

    public static SeccompArchitecture LoongArch64 { get; } = new("loongarch64", "loong64", "SCMP_ARCH_LOONGARCH64", 0xC000_0102);

    public static SeccompArchitecture Ppc64Le { get; } = new("ppc64", "ppc64le", "SCMP_ARCH_PPC64LE", 0xC000_0015);

    public static SeccompArchitecture S390X { get; } = new("s390x", "s390x", "SCMP_ARCH_S390X", 0x8000_0016) { IsBigEndian = true, CloneFlags = 1 };

    internal const uint X32Bit = 0x4000_0000;

    /// <summary>The machines that a program can be compiled for.</summary>
    public static IReadOnlyList<SeccompArchitecture> Machines { get; } = [X64, Arm64, RiscV64, LoongArch64, Ppc64Le, S390X];

    public static SeccompArchitecture Native => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        Architecture.RiscV64 => RiscV64,
        Architecture.LoongArch64 => LoongArch64,
        Architecture.Ppc64le => Ppc64Le,
        Architecture.S390x => S390X,
        var other => throw new PlatformNotSupportedException($"no system call filter is known for {other}"),
    };

    /// <summary>Every convention that a kernel of this machine takes.</summary>
    internal IEnumerable<SeccompArchitecture> Conventions => this == X64 ? [X64, I386, X32] : Foreign.Prepend(this);

    /// <summary>Which word of an argument comes first.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>Which argument of clone(2) has the flags.</summary>
    public int CloneFlags { get; init; }

    /// <summary>
    /// Where the low word of an argument is in seccomp_data. The kernel's functions behind the calls that the default policy examines
    /// take 32 bits, so the high word must have no say: a rule on all 64 lets socket(0x1_0000_0026) pass, which then opens AF_ALG.
    /// </summary>
    internal uint LowWord(int argument) => (uint)(16 + (8 * argument) + (IsBigEndian ? 4 : 0));

    internal uint HighWord(int argument) => (uint)(16 + (8 * argument) + (IsBigEndian ? 0 : 4));
}
