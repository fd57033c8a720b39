using Builder.Linux.Native;

namespace Builder.Linux.Processes;

/// <summary>A user's terminal in the mode in which every key goes to the program as it is (cfmakeraw(3)).</summary>
public static unsafe class RawTerminal
{
    private const nuint GetSettings = 0x5401;
    private const nuint SetSettingsWhenWritten = 0x5403;

    // struct termios of the kernel: four words of flags, the line discipline, and the special characters.
    private const int Size = 64;
    private const int Characters = 17;
    private const int LeastBytes = Characters + 6;
    private const int Patience = Characters + 5;

    /// <summary>Turns the mode on until the result is disposed; null when the descriptor is no terminal.</summary>
    public static IDisposable? Enter(int descriptor)
    {
        var before = new byte[Size];
        if (!Get(descriptor, before))
        {
            return null;
        }

        var raw = (byte[])before.Clone();
        Change(raw, 0, clear: 0x5eb, set: 0);
        Change(raw, 1, clear: 0x1, set: 0);
        Change(raw, 2, clear: 0x130, set: 0x30);
        Change(raw, 3, clear: 0x804b, set: 0);
        raw[LeastBytes] = 1;
        raw[Patience] = 0;
        Set(descriptor, raw);
        return new Restoration(descriptor, before);
    }

    public static bool Is(int descriptor) => Get(descriptor, new byte[Size]);

    private static void Change(byte[] settings, int word, uint clear, uint set)
    {
        var place = settings.AsSpan(word * sizeof(uint), sizeof(uint));
        BitConverter.TryWriteBytes(place, (BitConverter.ToUInt32(place) & ~clear) | set);
    }

    private static bool Get(int descriptor, byte[] settings)
    {
        fixed (byte* pointer = settings)
        {
            return Libc.Files.IoctlInt(descriptor, GetSettings, (nint)pointer) == 0;
        }
    }

    private static void Set(int descriptor, byte[] settings)
    {
        fixed (byte* pointer = settings)
        {
            _ = Libc.Files.IoctlInt(descriptor, SetSettingsWhenWritten, (nint)pointer);
        }
    }

    private sealed class Restoration(int descriptor, byte[] settings) : IDisposable
    {
        public void Dispose() => Set(descriptor, settings);
    }
}
