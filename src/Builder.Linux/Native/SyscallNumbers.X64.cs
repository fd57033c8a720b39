using Builder.Linux.Script;

namespace Builder.Linux.Native;

internal static partial class SyscallNumbers
{
    /// <summary>arch/x86/entry/syscalls/syscall_64.tbl in the kernel's source.</summary>
    private static int X64(SystemCall call) => call switch
    {
        SystemCall.CapSet => 126,
        SystemCall.ChDir => 80,
        SystemCall.Clone => 56,
        SystemCall.Close => 3,
        SystemCall.CloseRange => 436,
        SystemCall.Dup3 => 292,
        SystemCall.ExecVe => 59,
        SystemCall.ExitGroup => 231,
        SystemCall.FchDir => 81,
        SystemCall.Fchown => 93,
        SystemCall.FchownAt => 260,
        SystemCall.FsConfig => 431,
        SystemCall.FsMount => 432,
        SystemCall.FsOpen => 430,
        SystemCall.IoCtl => 16,
        SystemCall.KeyCtl => 250,
        SystemCall.MkdirAt => 258,
        SystemCall.MknodAt => 259,
        SystemCall.Mount => 165,
        SystemCall.MountSetAttr => 442,
        SystemCall.MoveMount => 429,
        SystemCall.OpenAt => 257,
        SystemCall.OpenAt2 => 437,
        SystemCall.OpenTree => 428,
        SystemCall.PidFdGetFd => 438,
        SystemCall.PidFdOpen => 434,
        SystemCall.PidFdSendSignal => 424,
        SystemCall.PivotRoot => 155,
        SystemCall.PrCtl => 157,
        SystemCall.PrLimit => 302,
        SystemCall.Read => 0,
        SystemCall.RtSigAction => 13,
        SystemCall.RtSigProcMask => 14,
        SystemCall.Seccomp => 317,
        SystemCall.SetGroups => 116,
        SystemCall.SetNs => 308,
        SystemCall.SetHostname => 170,
        SystemCall.SetResGid => 119,
        SystemCall.SetResUid => 117,
        SystemCall.SetSid => 112,
        SystemCall.Unshare => 272,
        SystemCall.WaitId => 247,
        SystemCall.Write => 1,
        SystemCall.Socket => 41,
        SystemCall.SymlinkAt => 266,
        SystemCall.Umask => 95,
        SystemCall.Umount2 => 166,
        _ => throw new ArgumentOutOfRangeException(nameof(call)),
    };
}
