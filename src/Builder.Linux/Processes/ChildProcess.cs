using System.Runtime.InteropServices;
using Builder.Linux.Native;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Processes;

/// <summary>How a process ended: its exit code, or the signal that ended it.</summary>
/// <param name="Usage">What it and those that it waited for have used.</param>
public readonly record struct ExitStatus(int Code, int? Signal, ProcessUsage Usage);

/// <summary>What getrusage(2) counts.</summary>
/// <param name="PeakMemory">Bytes of the biggest single process.</param>
/// <param name="ReadBytes">From block devices.</param>
public readonly unsafe record struct ProcessUsage(TimeSpan UserTime, TimeSpan SystemTime, long PeakMemory, long ReadBytes, long WrittenBytes)
{
    /// <summary>In bytes. A child that shared our memory before it executed its program inherits this as its own peak.</summary>
    public static long PeakMemoryOfThisProcess
    {
        get
        {
            const int Self = 0;
            var usage = default(Libc.ResourceUsage);
            return Libc.GetUsage(Self, &usage) == 0 ? usage.Measured.PeakMemory : long.MaxValue;
        }
    }
}

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

    /// <summary>A process that became a child of this one by another's doing (CLONE_PARENT).</summary>
    public static ChildProcess Adopt(int id) => new(id);

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
        var usage = default(Libc.ResourceUsage);
        while (Libc.RawSyscall(SyscallNumbers.Of(SystemCall.WaitId), PidFdKind, Handle.DangerousGetHandle(), (nint)(&information), Exited, (nint)(&usage), 0) < 0)
        {
            var errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                throw new LinuxException("waitid", Id.ToString(), errno);
            }
        }

        return information.Code == ExitedByItself
            ? new ExitStatus(information.Status, null, usage.Measured)
            : new ExitStatus(128 + information.Status, information.Status, usage.Measured);
    }

    public void Dispose() => Handle.Dispose();
}
