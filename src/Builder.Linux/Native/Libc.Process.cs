using System.Runtime.InteropServices;

namespace Builder.Linux.Native;

/// <summary>What the process side needs of the C library; all signatures are blittable.</summary>
internal static unsafe partial class Libc
{
    /// <summary>syscall(2), for what glibc has no function or an old one has none yet.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint RawSyscall(nint number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5);

    /// <summary>clone(2): a process that starts in <paramref name="start"/> on its own stack.</summary>
    [LibraryImport("libc", EntryPoint = "clone", SetLastError = true)]
    internal static partial int Clone(nint start, nint stackTop, int flags, nint argument, int* processId, nint threadLocalStorage, int* childProcessId);

    /// <summary>pipe2(2).</summary>
    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    internal static partial int CreatePipe(int* descriptors, int flags);

    /// <summary>fcntl(2) with an integer argument.</summary>
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int ControlDescriptor(int descriptor, int command, nint argument);

    /// <summary>read(2).</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint ReadDescriptor(int descriptor, void* buffer, nint count);

    /// <summary>write(2).</summary>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint WriteDescriptor(int descriptor, void* buffer, nint count);

    /// <summary>poll(2).</summary>
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int PollDescriptors(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    /// <summary>getrusage(2).</summary>
    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    internal static partial int GetUsage(int who, ResourceUsage* usage);

    /// <summary>bind(2).</summary>
    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int socket, byte* address, uint length);

    /// <summary>kill(2).</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int SendSignal(int process, int signal);

    /// <summary>mmap(2).</summary>
    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial void* MapMemory(void* address, nuint length, int protection, int flags, int file, long offset);

    /// <summary>munmap(2).</summary>
    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int UnmapMemory(void* address, nuint length);

    /// <summary>geteuid(2).</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUserId();

    /// <summary>getegid(2).</summary>
    [LibraryImport("libc", EntryPoint = "getegid")]
    internal static partial uint EffectiveGroupId();

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        public int Descriptor;
        public short Requested;
        public short Returned;
    }

    /// <summary>The SIGCHLD view of siginfo_t, as 64-bit kernels lay it out.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct ChildInformation
    {
        [FieldOffset(8)]
        public int Code;

        [FieldOffset(16)]
        public int ProcessId;

        [FieldOffset(24)]
        public int Status;
    }

    /// <summary>struct rusage: two times in seconds and microseconds, then fourteen numbers.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    internal struct ResourceUsage
    {
        private const int BytesPerBlock = 512;

        [FieldOffset(0)]
        public long UserSeconds;

        [FieldOffset(8)]
        public long UserMicroseconds;

        [FieldOffset(16)]
        public long SystemSeconds;

        [FieldOffset(24)]
        public long SystemMicroseconds;

        [FieldOffset(32)]
        public long PeakKibibytes;

        [FieldOffset(88)]
        public long BlocksRead;

        [FieldOffset(96)]
        public long BlocksWritten;

        public readonly Processes.ProcessUsage Measured => new(
            TimeSpan.FromSeconds(UserSeconds) + TimeSpan.FromMicroseconds(UserMicroseconds),
            TimeSpan.FromSeconds(SystemSeconds) + TimeSpan.FromMicroseconds(SystemMicroseconds),
            PeakKibibytes * 1024,
            BlocksRead * BytesPerBlock,
            BlocksWritten * BytesPerBlock);
    }
}
