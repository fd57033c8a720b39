using Builder.Cli.Displays;
using Builder.Containers;
using Builder.Engine.Containers.Working;
using Builder.Storage.Containers;

namespace Builder.Cli.Containers;

/// <summary>A container that lives as long as this command: its supervisor is this very process.</summary>
internal static class Foreground
{
    /// <param name="interactive">What is typed here is for the container.</param>
    /// <returns>The container's exit code.</returns>
    public static async Task<int> RunAsync(Session session, ContainerHold hold, bool interactive)
    {
        var settings = hold.Container.Record.Settings;
        using var terminal = UserTerminal.Open(settings.Tty, interactive);
        var signals = new List<IDisposable>();
        try
        {
            var console = ConsoleOf(terminal, settings.Tty, interactive);
            var exit = await new ContainerSupervisor(session.Store, StoredIsolation.Of(hold.Container), TimeProvider.System).RunAsync(
                hold,
                console with
                {
                    Note = note => Terminal.WriteErrorLine($"note: {note}"),
                    Started = (input, signal) =>
                    {
                        signals.Add(new SignalProxy(signal));
                        console.Started!(input, signal);
                    },
                },
                CancellationToken.None);
            return exit.ExitCode;
        }
        finally
        {
            signals.ForEach(each => each.Dispose());
        }
    }

    /// <summary>This process's streams and its terminal, for a container or for one more program in it.</summary>
    public static ContainerConsole ConsoleOf(UserTerminal terminal, bool tty, bool interactive) => new()
    {
        Output = (stream, bytes) => Terminal.Write(stream == OutputStream.Stderr, bytes.Span),
        WindowSize = tty ? UserTerminal.WindowSize : null,
        Started = (input, _) => Connect(terminal, input, tty, interactive),
    };

    private static void Connect(UserTerminal terminal, ContainerInput input, bool tty, bool interactive)
    {
        if (tty)
        {
            terminal.FollowSize(input.Resize);
        }

        if (interactive)
        {
            UserTerminal.Pump(
                bytes =>
                {
                    input.Write(bytes.Span);
                    return true;
                },
                input.End);
        }
    }
}
