using Builder.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Processes;

/// <summary>The master of a pseudo terminal: what is written comes to the programs on it as typed.</summary>
public sealed unsafe class PseudoTerminal : IDisposable
{
    private const nuint SetWindowSize = 0x5414;

    internal PseudoTerminal(SafeFileHandle handle) => Handle = handle;

    /// <summary>Readable when a program has written something, or when no program has the terminal any more (<see cref="Errno.EIO"/>).</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Says how big the window is; the programs on it are told by SIGWINCH.</summary>
    public void Resize(int columns, int rows)
    {
        var size = stackalloc ushort[4];
        (size[0], size[1]) = ((ushort)rows, (ushort)columns);
        _ = Libc.Files.IoctlInt((int)Handle.DangerousGetHandle(), SetWindowSize, (nint)size);
    }

    public void Dispose() => Handle.Dispose();
}
