using System.Runtime.InteropServices;
using Builder.Diagnostics;
using Builder.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Builder.Cli.Containers;

/// <summary>
/// What a user types, for a container: key by key where both have a terminal, else as it comes. The terminal is as it was when this
/// is disposed.
/// </summary>
internal sealed class UserTerminal : IDisposable
{
    private const int BufferSize = 32 << 10;
    private readonly IDisposable? raw;
    private PosixSignalRegistration? resizes;

    private UserTerminal(IDisposable? raw) => this.raw = raw;

    public static (int Columns, int Rows)? WindowSize => TerminalSize.Of(1) ?? TerminalSize.Of(0);

    /// <param name="tty">The container has a terminal.</param>
    /// <param name="interactive">It reads what is typed.</param>
    /// <exception cref="BuilderException"><see cref="CliErrors.NoTerminal"/>.</exception>
    public static UserTerminal Open(bool tty, bool interactive)
    {
        Require(tty, interactive);
        return new UserTerminal(tty && interactive ? RawTerminal.Enter(0) : null);
    }

    /// <exception cref="BuilderException"><see cref="CliErrors.NoTerminal"/>.</exception>
    public static void Require(bool tty, bool interactive)
    {
        if (tty && interactive && !RawTerminal.Is(0))
        {
            throw new BuilderException(CliErrors.NoTerminal, "the input device is not a TTY", "leave -t away when standard input is a file or a pipe");
        }
    }

    /// <summary>Tells of the window's size now and whenever it changes.</summary>
    public void FollowSize(Action<int, int> resize)
    {
        void Tell()
        {
            if (WindowSize is var (columns, rows))
            {
                resize(columns, rows);
            }
        }

        resizes = PosixSignalRegistration.Create((PosixSignal)Signals.WindowChange, _ => Tell());
        Tell();
    }

    /// <summary>Reads standard input on a thread of its own until its end; the thread does not keep the process.</summary>
    /// <param name="write">False when nobody wants any more.</param>
    public static void Pump(Func<ReadOnlyMemory<byte>, bool> write, Action end)
    {
        var thread = new Thread(() =>
        {
            using var input = new SafeFileHandle(0, ownsHandle: false);
            var buffer = new byte[BufferSize];
            try
            {
                for (int count; (count = Descriptors.Read(input, buffer)) > 0;)
                {
                    if (!write(buffer.AsMemory(0, count)))
                    {
                        return;
                    }
                }
            }
            catch (Linux.LinuxException)
            {
                // A terminal that went away is at its end.
            }

            end();
        })
        {
            IsBackground = true,
            Name = "keys",
        };
        thread.Start();
    }

    public void Dispose()
    {
        resizes?.Dispose();
        raw?.Dispose();
    }
}
