using Builder.Linux.Native;

namespace Builder.Linux.Processes;

/// <summary>How big the window of a terminal is now.</summary>
public static unsafe class TerminalSize
{
    private const nuint GetWindowSize = 0x5413;

    /// <summary>Columns and rows of the terminal behind a descriptor; null when there is none, or it does not say.</summary>
    public static (int Columns, int Rows)? Of(int descriptor)
    {
        // struct winsize: rows, columns, and both in pixels.
        var size = stackalloc ushort[4];
        return Libc.Files.IoctlInt(descriptor, GetWindowSize, (nint)size) == 0 && size[0] > 0 && size[1] > 0 ? (size[1], size[0]) : null;
    }
}
