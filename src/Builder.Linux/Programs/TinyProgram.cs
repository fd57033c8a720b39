using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Builder.Linux.Native;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Programs;

/// <summary>
/// A program of a few hundred bytes that needs no library and no file: it lies in memory that nobody can change any more
/// (memfd_create(2), sealed), and is executed from there in containers, whatever their image has.
/// </summary>
public sealed unsafe class TinyProgram
{
    private const int CloseOnExec = 1;
    private const int AllowSealing = 2;
    private const int AddSeals = 1033;
    private const int AllSeals = 1 | 2 | 4 | 8;
    private const int DuplicateFrom = 1030;

    /// <summary>Out of the way of the numbers that programs give to descriptors of their own.</summary>
    private const int HighDescriptor = 512;

    private static readonly Lazy<TinyProgram> InitProgram = new(() => new TinyProgram("builder-init", TinyProgramCode.InitX64, TinyProgramCode.InitArm64));
    private static readonly Lazy<TinyProgram> ExecProgram = new(() => new TinyProgram("builder-exec", TinyProgramCode.ExecX64, TinyProgramCode.ExecArm64));

    private TinyProgram(string name, string x64, string arm64)
    {
        Name = name;
        Handle = Seal(name, Image(Convert.FromBase64String(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? arm64 : x64), RuntimeInformation.ProcessArchitecture));
    }

    /// <summary>Process 1 of a container: reaps, and passes signals on to the process behind descriptor 3.</summary>
    public static TinyProgram Init => InitProgram.Value;

    /// <summary>Executes another program, so that it is this one's file and not Builder's that the other can reach.</summary>
    public static TinyProgram Exec => ExecProgram.Value;

    public string Name { get; }

    /// <summary>Open until this process ends, with a number that no descriptor of a container has.</summary>
    internal SafeFileHandle Handle { get; }

    /// <summary>A copy of a descriptor out of the way of small numbers, which programs give to their own; the caller owns it.</summary>
    public static SafeFileHandle MoveUp(SafeHandle descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var copy = Libc.ControlDescriptor((int)descriptor.DangerousGetHandle(), DuplicateFrom, HighDescriptor);
        return copy < 0 ? throw new LinuxException("fcntl", "F_DUPFD_CLOEXEC", LastError()) : new SafeFileHandle(copy, ownsHandle: true);
    }

    /// <summary>The code as an executable file: one segment, no stack that could be executed.</summary>
    internal static byte[] Image(ReadOnlySpan<byte> code, Architecture architecture)
    {
        const int HeaderSize = 64, ProgramHeaderSize = 56, Headers = HeaderSize + (2 * ProgramHeaderSize);
        const ulong Base = 0x40_0000;
        var file = new byte[Headers + code.Length];
        ReadOnlySpan<byte> identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0];
        identification.CopyTo(file);
        Short(16, 2);
        Short(18, (ushort)(architecture == Architecture.Arm64 ? 183 : 62));
        Word(20, 1);
        Long(24, Base + Headers);
        Long(32, HeaderSize);
        Short(52, HeaderSize);
        Short(54, ProgramHeaderSize);
        Short(56, 2);

        // PT_LOAD: the whole file, to be read and executed.
        Word(HeaderSize, 1);
        Word(HeaderSize + 4, 5);
        Long(HeaderSize + 16, Base);
        Long(HeaderSize + 24, Base);
        Long(HeaderSize + 32, (ulong)file.Length);
        Long(HeaderSize + 40, (ulong)file.Length);
        Long(HeaderSize + 48, 0x1_0000);

        // PT_GNU_STACK: read and written only.
        Word(HeaderSize + ProgramHeaderSize, 0x6474_e551);
        Word(HeaderSize + ProgramHeaderSize + 4, 6);
        code.CopyTo(file.AsSpan(Headers));
        return file;

        void Short(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        void Word(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void Long(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
    }

    private static SafeFileHandle Seal(string name, byte[] image)
    {
        nint descriptor;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            descriptor = Libc.RawSyscall(SyscallNumbers.Of(SystemCall.MemFdCreate), (nint)text, CloseOnExec | AllowSealing, 0, 0, 0, 0);
        }

        if (descriptor < 0)
        {
            throw new LinuxException("memfd_create", name, LastError());
        }

        using var made = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(made, image, 0);
        return Libc.ControlDescriptor((int)descriptor, AddSeals, AllSeals) < 0 ? throw new LinuxException("fcntl", "F_ADD_SEALS", LastError()) : MoveUp(made);
    }

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();
}
