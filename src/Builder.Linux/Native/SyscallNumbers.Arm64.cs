using Builder.Linux.Script;

namespace Builder.Linux.Native;

internal static partial class SyscallNumbers
{
    /// <summary>scripts/syscall.tbl, the table of arm64 and of every later architecture in the kernel's source.</summary>
    private static int Generic(SystemCall call) => call switch
    {
        SystemCall.CapSet => 91,
        SystemCall.ChDir => 49,
        SystemCall.Clone => 220,
        SystemCall.Close => 57,
        SystemCall.CloseRange => 436,
        SystemCall.Dup3 => 24,
        SystemCall.ExecVe => 221,
        SystemCall.ExitGroup => 94,
        SystemCall.FchDir => 50,
        SystemCall.Fchown => 55,
        SystemCall.FchownAt => 54,
        SystemCall.FsConfig => 431,
        SystemCall.FsMount => 432,
        SystemCall.FsOpen => 430,
        SystemCall.IoCtl => 29,
        SystemCall.KeyCtl => 219,
        SystemCall.MkdirAt => 34,
        SystemCall.MknodAt => 33,
        SystemCall.Mount => 40,
        SystemCall.MountSetAttr => 442,
        SystemCall.MoveMount => 429,
        SystemCall.OpenAt => 56,
        SystemCall.OpenAt2 => 437,
        SystemCall.OpenTree => 428,
        SystemCall.PidFdGetFd => 438,
        SystemCall.PidFdOpen => 434,
        SystemCall.PidFdSendSignal => 424,
        SystemCall.PivotRoot => 41,
        SystemCall.PrCtl => 167,
        SystemCall.PrLimit => 261,
        SystemCall.Read => 63,
        SystemCall.RtSigAction => 134,
        SystemCall.RtSigProcMask => 135,
        SystemCall.Seccomp => 277,
        SystemCall.SetGroups => 159,
        SystemCall.SetNs => 268,
        SystemCall.SetHostname => 161,
        SystemCall.SetResGid => 149,
        SystemCall.SetResUid => 147,
        SystemCall.SetSid => 157,
        SystemCall.Unshare => 97,
        SystemCall.WaitId => 95,
        SystemCall.Write => 64,
        SystemCall.Socket => 198,
        SystemCall.SymlinkAt => 36,
        SystemCall.Umask => 166,
        SystemCall.Umount2 => 39,
        _ => throw new ArgumentOutOfRangeException(nameof(call)),
    };
}
