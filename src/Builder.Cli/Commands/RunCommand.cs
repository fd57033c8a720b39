using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Containers;
using Builder.Engine.Containers.Working;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder run</c>: a new container of an image, in the foreground or, with <c>-d</c>, in the background.</summary>
internal static class RunCommand
{
    private static readonly ContainerFlags Flags = new();
    private static readonly Option<bool> Detach = new("--detach", "-d") { Description = "Leave the container running and print its id" };
    private static readonly Option<string?> IdFile = new("--cidfile") { Description = "Write the container's id to this file", HelpName = "file" };

    public static Command Create()
    {
        var command = new Command("run", "Run a command in a new container") { Detach, IdFile };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => ContainerSession.RunAsync([], (session, token) => RunAsync(session, parsed, token)));
        return command;
    }

    /// <summary>The command's own status; where there is none, those that Docker reserves for it.</summary>
    private static async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            return await RunCommandAsync(session, parsed, cancellationToken);
        }
        catch (BuilderException e)
        {
            ErrorDisplay.Write(e);
            return StartFailures.ExitCodeOf(e);
        }
    }

    private static async Task<int> RunCommandAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var request = Flags.RequestOf(parsed);
        var isDetached = parsed.GetValue(Detach);
        if (!isDetached)
        {
            UserTerminal.Require(request.Settings.Tty, request.Settings.OpenStdin);
        }

        await ImagePulls.RequireAsync(session, request.Image, Flags.PullOf(parsed), cancellationToken);
        if (session.Store.IsReadOnly)
        {
            return await RunThrowawayAsync(session, request, cancellationToken);
        }

        var container = await new ContainerCreator(session.Store, TimeProvider.System).CreateAsync(request, cancellationToken);
        CreateCommand.WriteId(parsed.GetValue(IdFile), container);
        if (isDetached)
        {
            var exitCode = await Background.StartAsync(container, cancellationToken);
            if (exitCode == 0)
            {
                Terminal.WriteLine(container.Id);
            }

            return exitCode;
        }

        using var hold = await new ContainerControl(session.Store, TimeProvider.System).HoldAsync(container, cancellationToken);
        return await Foreground.RunAsync(session, hold, request.Settings.OpenStdin);
    }

    /// <summary>A store that cannot be written holds no container, but its images can be run.</summary>
    private static async Task<int> RunThrowawayAsync(Session session, ContainerRequest request, CancellationToken cancellationToken)
    {
        var exit = await new ThrowawayContainer(session.Store).RunAsync(
            new ImageCatalog(session.Store).Get(request.Image),
            request.Command,
            (stream, bytes) => Terminal.Write(stream == OutputStream.Stderr, bytes.Span),
            cancellationToken);
        return exit.ExitCode;
    }
}
