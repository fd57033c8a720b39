using Builder.Diagnostics;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>What a profile calls the answers of a filter.</summary>
internal static class SeccompActions
{
    public const uint Log = 0x7ffc_0000;
    private const uint KillThread = 0;
    private const uint Trap = 0x0003_0000;
    private const uint Error = 0x0005_0000;
    private const uint Trace = 0x7ff0_0000;
    private const uint DataMask = 0xFFFF;

    /// <exception cref="BuilderException"><see cref="LinuxErrors.SeccompProfile"/>.</exception>
    public static uint Parse(string action, uint? errno) => action switch
    {
        "SCMP_ACT_ALLOW" => Bpf.Allow,
        "SCMP_ACT_LOG" => Log,
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => KillThread,
        "SCMP_ACT_KILL_PROCESS" => Bpf.KillProcess,
        "SCMP_ACT_TRAP" => Trap,
        "SCMP_ACT_ERRNO" => Error | ((errno ?? (uint)Errno.EPERM) & DataMask),
        "SCMP_ACT_TRACE" => Trace | ((errno ?? (uint)Errno.EPERM) & DataMask),
        _ => throw new BuilderException(
            LinuxErrors.SeccompProfile, $"the system call policy has the action '{action}', which is not supported", "it is SCMP_ACT_ALLOW, ERRNO, LOG, TRAP, TRACE, KILL, KILL_THREAD or KILL_PROCESS"),
    };
}
