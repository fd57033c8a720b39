using Builder.Linux.Native;

namespace Builder.Linux.Processes;

/// <summary>A terminal that does not show what is typed, for passwords.</summary>
public static unsafe class TerminalEcho
{
    private const nuint GetSettings = 0x5401;
    private const nuint SetSettingsAndDropInput = 0x5404;

    // struct termios of the kernel: input, output, control and local flags, then what we leave alone.
    private const int Size = 64;
    private const int LocalFlags = 3;
    private const uint Echo = 0x8;
    private const uint EchoNewline = 0x40;

    /// <summary>Turns the echo off until the result is disposed; null when the descriptor is no terminal.</summary>
    public static IDisposable? TurnOff(int descriptor)
    {
        var settings = new uint[Size / sizeof(uint)];
        fixed (uint* pointer = settings)
        {
            if (Libc.Files.IoctlInt(descriptor, GetSettings, (nint)pointer) != 0)
            {
                return null;
            }
        }

        var before = settings[LocalFlags];

        // The newline stays visible: it is what tells the user that the password was taken.
        settings[LocalFlags] = (before & ~Echo) | EchoNewline;
        Set(descriptor, settings);
        settings[LocalFlags] = before;
        return new Restoration(descriptor, settings);
    }

    private static void Set(int descriptor, uint[] settings)
    {
        fixed (uint* pointer = settings)
        {
            _ = Libc.Files.IoctlInt(descriptor, SetSettingsAndDropInput, (nint)pointer);
        }
    }

    private sealed class Restoration(int descriptor, uint[] settings) : IDisposable
    {
        public void Dispose() => Set(descriptor, settings);
    }
}
