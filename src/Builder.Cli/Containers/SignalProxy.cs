using System.Runtime.InteropServices;
using Builder.Linux.Processes;

namespace Builder.Cli.Containers;

/// <summary>Passes signals on to a container in the foreground. Who asks for the end three times gets it.</summary>
internal sealed class SignalProxy : IDisposable
{
    private const int Patience = 3;

    private static readonly (PosixSignal Signal, int Number)[] Passed =
    [
        (PosixSignal.SIGINT, Signals.Interrupt), (PosixSignal.SIGTERM, Signals.Terminate), (PosixSignal.SIGHUP, Signals.HangUp),
        (PosixSignal.SIGQUIT, Signals.Quit), ((PosixSignal)Signals.User1, Signals.User1), ((PosixSignal)Signals.User2, Signals.User2),
    ];

    private readonly List<PosixSignalRegistration> registrations = [];
    private int asked;

    public SignalProxy(Action<int> signal)
    {
        Session.PassesSignalsOn = true;
        foreach (var (kind, number) in Passed)
        {
            registrations.Add(PosixSignalRegistration.Create(kind, context =>
            {
                context.Cancel = true;
                var isEnough = number is Signals.Interrupt or Signals.Terminate && Interlocked.Increment(ref asked) >= Patience;
                signal(isEnough ? Signals.Kill : number);
            }));
        }
    }

    public void Dispose()
    {
        Session.PassesSignalsOn = false;
        registrations.ForEach(registration => registration.Dispose());
    }
}
