using System.Globalization;
using System.Runtime.InteropServices;
using Builder.Linux.Native;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Processes;

/// <summary>A process of anybody's that cannot be mistaken for a later one with the same id.</summary>
public sealed class ProcessHandle : IDisposable
{
    private ProcessHandle(int id, SafeFileHandle handle) => (Id, Handle) = (id, handle);

    public int Id { get; }

    /// <summary>A descriptor of the process (pidfd_open(2)), readable when it has ended.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>When a process was started, in ticks since the machine was; 0 when there is none.</summary>
    public static ulong StartOf(int processId)
    {
        try
        {
            // proc_pid_stat(5): the name in parentheses may have anything in it; field 22 is the 20th after it.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return ulong.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>The process that has this id and was started then; null when it is gone.</summary>
    public static ProcessHandle? Find(int processId, ulong started)
    {
        if (processId <= 0 || TryOpen(processId) is not { } process)
        {
            return null;
        }

        // With the descriptor in our hands the id cannot pass to another any more.
        if (StartOf(processId) == started)
        {
            return process;
        }

        process.Dispose();
        return null;
    }

    /// <exception cref="LinuxException">There is no such process.</exception>
    public static ProcessHandle Open(int processId) =>
        TryOpen(processId) ?? throw new LinuxException("pidfd_open", processId.ToString(CultureInfo.InvariantCulture), (Errno)Marshal.GetLastPInvokeError());

    /// <summary>Sends a signal; false when the process has ended.</summary>
    /// <exception cref="LinuxException">This process may not.</exception>
    public bool Signal(int signal)
    {
        if (Libc.RawSyscall(SyscallNumbers.Of(SystemCall.PidFdSendSignal), Handle.DangerousGetHandle(), signal, 0, 0, 0, 0) == 0)
        {
            return true;
        }

        var errno = (Errno)Marshal.GetLastPInvokeError();
        return errno == Errno.ESRCH ? false : throw new LinuxException("pidfd_send_signal", Id.ToString(CultureInfo.InvariantCulture), errno);
    }

    /// <summary>Waits for the end for so long, null for ever; false when the time was up. Blocks the calling thread.</summary>
    public bool WaitForEnd(TimeSpan? timeout) => Descriptors.WaitReadable([Handle], timeout)[0];

    public void Dispose() => Handle.Dispose();

    private static ProcessHandle? TryOpen(int processId)
    {
        var descriptor = Libc.RawSyscall(SyscallNumbers.Of(SystemCall.PidFdOpen), processId, 0, 0, 0, 0, 0);
        return descriptor < 0 ? null : new ProcessHandle(processId, new SafeFileHandle(descriptor, ownsHandle: true));
    }
}
