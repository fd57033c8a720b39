using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;

namespace Builder.Cli.Commands;

/// <summary><c>builder start</c>: containers that have been made, or have run before.</summary>
internal static class StartCommand
{
    private static readonly Option<bool> Attach = new("--attach", "-a") { Description = "Show what it says, and exit as it does" };
    private static readonly Option<bool> Interactive = new("--interactive", "-i") { Description = "What is typed is for the container" };
    private static readonly Argument<string[]> Names = EachContainer.Names;

    public static Command Create()
    {
        var command = new Command("start", "Start containers") { Attach, Interactive, Names };
        command.SetAction((parsed, _) => StartAsync(parsed));
        return command;
    }

    private static Task<int> StartAsync(ParseResult parsed)
    {
        var names = parsed.GetValue(Names)!;
        if (!parsed.GetValue(Attach) && !parsed.GetValue(Interactive))
        {
            return ContainerSession.RunAsync(names, (session, token) => StartAllAsync(session, names, token));
        }

        return ContainerSession.RunAsync(names, (session, token) => names is [var name]
            ? StartAttachedAsync(session, name, parsed.GetValue(Interactive), token)
            : throw new BuilderException(CliErrors.Usage, "only one container can be attached to"));
    }

    private static async Task<int> StartAllAsync(Session session, string[] names, CancellationToken cancellationToken)
    {
        var exitCode = 0;
        var result = await EachContainer.RunAsync(
            session,
            names,
            async (_, container, token) =>
            {
                if (!container.IsRunning && await Background.StartAsync(container, token) is not 0 and var failed)
                {
                    exitCode = failed;
                    return null;
                }

                return EachContainer.AsWritten(names, container);
            },
            cancellationToken);
        return exitCode != 0 ? exitCode : result;
    }

    private static async Task<int> StartAttachedAsync(Session session, string name, bool interactive, CancellationToken cancellationToken)
    {
        var container = session.Store.Containers.Get(name);
        var settings = container.Record.Settings;
        try
        {
            using var hold = await new ContainerControl(session.Store, TimeProvider.System).HoldAsync(container, cancellationToken);
            return await Foreground.RunAsync(session, hold, interactive && settings.OpenStdin);
        }
        catch (BuilderException e)
        {
            ErrorDisplay.Write(e);
            return StartFailures.ExitCodeOf(e);
        }
    }
}
