using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;

namespace Builder.Cli.Commands;

/// <summary><c>builder attach</c>: listen to a container in the background, and type for it.</summary>
internal static class AttachCommand
{
    private static readonly Option<bool> NoStdin = new("--no-stdin") { Description = "Only listen" };
    private static readonly Option<bool?> SigProxy = new("--sig-proxy") { Description = "Pass signals on to the container (default: true)" };
    private static readonly Option<string?> DetachKeys = new("--detach-keys") { Description = "The keys that let the container go on alone (default: ctrl-p,ctrl-q)", HelpName = "keys" };
    private static readonly Argument<string> Container = new("container") { Description = "Name or id of a container" };

    public static Command Create()
    {
        var command = new Command("attach", "Listen to a container, and type for it") { NoStdin, SigProxy, DetachKeys, Container };
        command.SetAction((parsed, _) => ContainerSession.RunAsync([parsed.GetValue(Container)!], (session, token) => AttachAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> AttachAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var container = session.Store.Containers.Get(parsed.GetValue(Container)!);
        if (!container.IsRunning)
        {
            throw new BuilderException(ContainersErrors.NotRunning, $"the container {container.Name} does not run", $"start it with 'builder start -a {container.Name}'");
        }

        var settings = container.Record.Settings;
        var interactive = settings.OpenStdin && !parsed.GetValue(NoStdin);
        await using var client = await AttachClient.ConnectAsync(container, cancellationToken);
        using var terminal = UserTerminal.Open(settings.Tty, interactive);
        using var signals = parsed.GetValue(SigProxy) != false ? new SignalProxy(number => ContainerControl.Signal(container, number)) : null;
        using var detached = new CancellationTokenSource();
        if (settings.Tty)
        {
            terminal.FollowSize(client.Resize);
        }

        if (interactive)
        {
            var keys = new DetachKeys(settings.Tty ? parsed.GetValue(DetachKeys) ?? Containers.DetachKeys.Default : "");
            UserTerminal.Pump(
                bytes =>
                {
                    var isDetached = keys.Find(bytes.Span, out var typed);
                    client.Write(typed);
                    if (isDetached)
                    {
                        detached.Cancel();
                    }

                    return !isDetached;
                },
                client.EndInput);
        }

        try
        {
            return await client.ListenAsync((stream, bytes) => Terminal.Write(stream == OutputStream.Stderr, bytes.Span), detached.Token)
                ?? session.Store.Containers.Refresh(container)?.State.ExitCode ?? 0;
        }
        catch (OperationCanceledException) when (detached.IsCancellationRequested)
        {
            Terminal.WriteErrorLine("\r\nread escape sequence\r");
            return 0;
        }
    }
}
