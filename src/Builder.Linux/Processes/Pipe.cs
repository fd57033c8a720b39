using System.Runtime.InteropServices;
using Builder.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Processes;

/// <summary>A pipe, both ends closed on exec and numbered above the standard descriptors.</summary>
public sealed unsafe class Pipe : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int DuplicateCloseOnExec = 1030;
    private const int SetPipeSize = 1031;

    private Pipe(SafeFileHandle reader, SafeFileHandle writer) => (Reader, Writer) = (reader, writer);

    public SafeFileHandle Reader { get; }

    public SafeFileHandle Writer { get; }

    public static Pipe Create(bool nonBlocking = false)
    {
        var ends = stackalloc int[2];
        if (Libc.CreatePipe(ends, CloseOnExec | (nonBlocking ? NonBlocking : 0)) < 0)
        {
            throw new LinuxException("pipe2", "", (Errno)Marshal.GetLastPInvokeError());
        }

        return new Pipe(AboveStandard(ends[0]), AboveStandard(ends[1]));
    }

    /// <summary>Asks for a bigger buffer, so that a talkative process is interrupted less; the kernel may not grant it.</summary>
    public void Enlarge(int bytes) => _ = Libc.ControlDescriptor((int)Reader.DangerousGetHandle(), SetPipeSize, bytes);

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }

    // A process started without standard descriptors would get pipes with their numbers.
    private static SafeFileHandle AboveStandard(int descriptor)
    {
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (descriptor > 2)
        {
            return handle;
        }

        using (handle)
        {
            var moved = Libc.ControlDescriptor(descriptor, DuplicateCloseOnExec, 3);
            return moved < 0
                ? throw new LinuxException("fcntl", "F_DUPFD_CLOEXEC", (Errno)Marshal.GetLastPInvokeError())
                : new SafeFileHandle(moved, ownsHandle: true);
        }
    }
}
