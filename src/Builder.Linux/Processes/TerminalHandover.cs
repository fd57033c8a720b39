using System.Runtime.InteropServices;
using Builder.Linux.Native;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Processes;

/// <summary>
/// How the master of a terminal comes from a process that opened it in a container's own devpts to the one that launched that
/// process: pidfd_getfd(2), while the process waits.
/// </summary>
public sealed class TerminalHandover : IDisposable
{
    /// <summary>How big the window is when the program starts.</summary>
    public (int Columns, int Rows)? Size { get; init; }

    internal Pipe Opened { get; } = Pipe.Create();

    internal Pipe Taken { get; } = Pipe.Create();

    /// <summary>The master, once it was taken; the caller owns it.</summary>
    public PseudoTerminal? Terminal { get; private set; }

    /// <summary>Waits until the process has its terminal and takes it; does nothing when the process ends before that.</summary>
    public void Take(int processId) => Take(() => processId);

    /// <param name="processId">Asked when the process has its terminal.</param>
    public void Take(Func<int> processId)
    {
        ArgumentNullException.ThrowIfNull(processId);

        // The child has a copy by now: with ours closed, its death is the end of the pipe.
        Opened.Writer.Dispose();
        Span<byte> number = stackalloc byte[sizeof(int)];
        if (Descriptors.Read(Opened.Reader, number) < number.Length)
        {
            return;
        }

        using var process = ProcessHandle.Open(processId());
        var descriptor = Libc.RawSyscall(SyscallNumbers.Of(SystemCall.PidFdGetFd), process.Handle.DangerousGetHandle(), BitConverter.ToInt32(number), 0, 0, 0, 0);
        if (descriptor < 0)
        {
            throw new LinuxException("pidfd_getfd", "terminal", (Errno)Marshal.GetLastPInvokeError(), "Linux 5.6 or newer is needed");
        }

        Terminal = new PseudoTerminal(new SafeFileHandle(descriptor, ownsHandle: true));
        if (Size is var (columns, rows))
        {
            Terminal.Resize(columns, rows);
        }

        Descriptors.Signal(Taken.Writer);
    }

    public void Dispose()
    {
        Opened.Dispose();
        Taken.Dispose();
    }
}
