using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Linux.Processes;

namespace Builder.Cli.Commands;

/// <summary><c>builder stop</c>, <c>kill</c>, <c>restart</c> and <c>wait</c>: a container's end.</summary>
internal static class StopCommand
{
    private static readonly Option<int?> Time = new("--time", "-t", "--timeout") { Description = "Seconds until it is killed; -1 for never (default: the container's, or 10)", HelpName = "seconds" };
    private static readonly Option<string?> SignalOption = new("--signal", "-s") { Description = "The signal (default: the container's own)", HelpName = "signal" };
    private static readonly Argument<string[]> Names = EachContainer.Names;

    public static Command Create()
    {
        var command = new Command("stop", "Ask containers to end, and end them when they do not") { Time, SignalOption, Names };
        command.SetAction((parsed, _) => EachContainer.RunAsync(parsed.GetValue(Names)!, async (session, container, token) =>
        {
            await ControlOf(session).StopAsync(container, SignalOf(parsed.GetValue(SignalOption)), parsed.GetValue(Time), token);
            return EachContainer.AsWritten(parsed.GetValue(Names)!, container);
        }));
        return command;
    }

    public static Command CreateKill()
    {
        var signal = new Option<string?>("--signal", "-s") { Description = "The signal (default: KILL)", HelpName = "signal" };
        var command = new Command("kill", "Send a signal to containers") { signal, Names };
        command.SetAction((parsed, _) => EachContainer.RunAsync(parsed.GetValue(Names)!, (_, container, _) =>
        {
            ContainerControl.Signal(container, SignalOf(parsed.GetValue(signal)) ?? Signals.Kill);
            return Task.FromResult<string?>(EachContainer.AsWritten(parsed.GetValue(Names)!, container));
        }));
        return command;
    }

    public static Command CreateRestart()
    {
        var command = new Command("restart", "Stop containers and start them again") { Time, SignalOption, Names };
        command.SetAction((parsed, _) => EachContainer.RunAsync(parsed.GetValue(Names)!, async (session, container, token) =>
        {
            await ControlOf(session).StopAsync(container, SignalOf(parsed.GetValue(SignalOption)), parsed.GetValue(Time), token);
            return await Background.StartAsync(container, token) == 0 ? EachContainer.AsWritten(parsed.GetValue(Names)!, container) : null;
        }));
        return command;
    }

    public static Command CreateWait()
    {
        var command = new Command("wait", "Wait until containers have ended, and print their exit codes") { Names };
        command.SetAction((parsed, _) => EachContainer.RunAsync(parsed.GetValue(Names)!, async (session, container, token) =>
            (await ControlOf(session).WaitAsync(container, token)).ToString()));
        return command;
    }

    private static ContainerControl ControlOf(Session session) => new(session.Store, TimeProvider.System);

    private static int? SignalOf(string? text) => text is null ? null : Signals.Parse(text)
        ?? throw new BuilderException(CliErrors.Usage, $"'{text}' is no signal", "write it as SIGTERM, TERM or 15");
}
