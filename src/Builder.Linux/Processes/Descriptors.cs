using System.Runtime.InteropServices;
using Builder.Linux.Native;

namespace Builder.Linux.Processes;

/// <summary>Blocking calls on descriptors, for threads that exist to wait.</summary>
public static unsafe class Descriptors
{
    private const short Readable = 1;

    /// <summary>
    /// Waits until one of <paramref name="descriptors"/> can be read or is at its end, and says which. Null entries
    /// are passed over. After <paramref name="timeout"/> all are false; null waits for ever.
    /// </summary>
    public static bool[] WaitReadable(ReadOnlySpan<SafeHandle?> descriptors, TimeSpan? timeout)
    {
        var polled = stackalloc Libc.PollDescriptor[descriptors.Length];
        for (var i = 0; i < descriptors.Length; i++)
        {
            polled[i] = new Libc.PollDescriptor { Descriptor = (int?)descriptors[i]?.DangerousGetHandle() ?? -1, Requested = Readable };
        }

        var milliseconds = timeout is { } limited ? (int)Math.Clamp(Math.Ceiling(limited.TotalMilliseconds), 0, int.MaxValue) : -1;
        if (Libc.PollDescriptors(polled, (nuint)descriptors.Length, milliseconds) < 0 && LastError() is var errno and not Errno.EINTR)
        {
            throw new LinuxException("poll", "", errno);
        }

        var ready = new bool[descriptors.Length];
        for (var i = 0; i < ready.Length; i++)
        {
            ready[i] = polled[i].Returned != 0;
        }

        return ready;
    }

    /// <summary>What can be read now, at most the buffer's size; zero at the end.</summary>
    public static int Read(SafeHandle descriptor, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        while (true)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                count = Libc.ReadDescriptor((int)descriptor.DangerousGetHandle(), start, buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            if (LastError() is var errno and not Errno.EINTR)
            {
                throw new LinuxException("read", "", errno);
            }
        }
    }

    /// <summary>Writes it all, waiting where it has to; false when nobody reads any more.</summary>
    public static bool TryWriteAll(SafeHandle descriptor, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = Libc.WriteDescriptor((int)descriptor.DangerousGetHandle(), start, bytes.Length);
            }

            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            switch (LastError())
            {
                case Errno.EINTR:
                    break;
                case Errno.EPIPE or Errno.EIO or Errno.EBADF:
                    return false;
                case var errno:
                    throw new LinuxException("write", "", errno);
            }
        }

        return true;
    }

    /// <summary>What is written to a descriptor of this process from now on is for nobody; whoever reads its other end sees the end.</summary>
    public static void Silence(int descriptor)
    {
        using var nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        Libc.RawSyscall(SyscallNumbers.Of(Script.SystemCall.Dup3), nowhere.DangerousGetHandle(), descriptor, 0, 0, 0, 0);
    }

    /// <summary>Writes one byte: a signal to whoever reads the other end.</summary>
    public static void Signal(SafeHandle descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        byte one = 1;
        if (Libc.WriteDescriptor((int)descriptor.DangerousGetHandle(), &one, 1) < 0 && LastError() is var errno and not Errno.EAGAIN)
        {
            throw new LinuxException("write", "", errno);
        }
    }

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();
}
