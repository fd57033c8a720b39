using System.Globalization;
using System.Runtime.InteropServices;
using Builder.Linux.Processes;

namespace Builder.Linux.Isolation;

/// <summary>Passes on to a child what is meant to end this process.</summary>
internal sealed class SignalForwarding : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations;

    /// <param name="exceptions">Bit n-1: signal n is ignored, and stays so.</param>
    public SignalForwarding(ChildProcess child, ulong exceptions) => registrations =
    [
        .. new[]
        {
            (PosixSignal.SIGINT, Signals.Interrupt),
            (PosixSignal.SIGQUIT, Signals.Quit),
            (PosixSignal.SIGTERM, Signals.Terminate),
            (PosixSignal.SIGHUP, Signals.HangUp),
        }
        .Where(pair => (exceptions >> (pair.Item2 - 1) & 1) == 0)
        .Select(pair => PosixSignalRegistration.Create(pair.Item1, context =>
        {
            context.Cancel = true;
            if (!TheTerminalSentItToAll(pair.Item2))
            {
                child.Signal(pair.Item2);
            }
        })),
    ];

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    /// <summary>Ctrl-C reaches every process in the foreground of a terminal; the child must not see it twice.</summary>
    private static bool TheTerminalSentItToAll(int signal)
    {
        if (signal is not (Signals.Interrupt or Signals.Quit))
        {
            return false;
        }

        // proc_pid_stat(5): after the name in parentheses state, parent, group, session, terminal, foreground group.
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return int.Parse(fields[4], CultureInfo.InvariantCulture) != 0 && fields[2] == fields[5];
    }
}
