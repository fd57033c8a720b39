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
        SignalProxy? signals = null;
        try
        {
            var exit = await new ContainerSupervisor(session.Store, StoredIsolation.Of(hold.Container), TimeProvider.System).RunAsync(
                hold,
                new ContainerConsole
                {
                    Output = (stream, bytes) => Terminal.Write(stream == OutputStream.Stderr, bytes.Span),
                    Note = note => Terminal.WriteErrorLine($"note: {note}"),
                    WindowSize = settings.Tty ? UserTerminal.WindowSize : null,
                    Started = (input, signal) =>
                    {
                        signals = new SignalProxy(signal);
                        Connect(terminal, input, settings, interactive);
                    },
                },
                CancellationToken.None);
            return exit.ExitCode;
        }
        finally
        {
            signals?.Dispose();
        }
    }

    private static void Connect(UserTerminal terminal, ContainerInput input, ContainerSettings settings, bool interactive)
    {
        if (settings.Tty)
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
