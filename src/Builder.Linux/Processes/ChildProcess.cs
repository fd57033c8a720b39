using System.Runtime.InteropServices;
using Builder.Linux.Native;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Processes;

/// <summary>How a process ended: its exit code, or the signal that ended it.</summary>
public readonly record struct ExitStatus(int Code, int? Signal);

/// <summary>A child that this process has to wait for.</summary>
public sealed unsafe class ChildProcess : IDisposable
{
    private const int PidFdKind = 3;
    private const int Exited = 4;
    private const int ExitedByItself = 1;

    internal ChildProcess(int id)
    {
        Id = id;
        var descriptor = Libc.RawSyscall(SyscallNumbers.Of(SystemCall.PidFdOpen), id, 0, 0, 0, 0, 0);
        if (descriptor < 0)
        {
            throw new LinuxException("pidfd_open", id.ToString(), (Errno)Marshal.GetLastPInvokeError(), "Linux 5.3 or newer is needed");
        }

        Handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public int Id { get; }

    /// <summary>Becomes readable when the process has ended.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Sends a signal; nothing happens when the process has ended.</summary>
    public void Signal(int signal) =>
        Libc.RawSyscall(SyscallNumbers.Of(SystemCall.PidFdSendSignal), Handle.DangerousGetHandle(), signal, 0, 0, 0, 0);

    /// <summary>
    /// Waits for the end and frees the process id. By descriptor, never for "any child": the runtime waits for its own.
    /// </summary>
    public ExitStatus Wait()
    {
        var information = default(Libc.ChildInformation);
        while (Libc.WaitId(PidFdKind, (uint)Handle.DangerousGetHandle(), &information, Exited) < 0)
        {
            var errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                throw new LinuxException("waitid", Id.ToString(), errno);
            }
        }

        return information.Code == ExitedByItself
            ? new ExitStatus(information.Status, null)
            : new ExitStatus(128 + information.Status, information.Status);
    }

    public void Dispose() => Handle.Dispose();
}
