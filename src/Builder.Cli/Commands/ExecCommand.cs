using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Linux.Isolation;
using Builder.Storage;

namespace Builder.Cli.Commands;

/// <summary>
/// <c>builder exec</c>: one more program in a container that runs. The process that joins the container is this program, started once
/// more: it has nothing in its memory that the container may not see, and is where the container's supervisor is.
/// </summary>
internal static class ExecCommand
{
    /// <summary>Set for the one that joins.</summary>
    private const string Marker = "BUILDER_JOINS_CONTAINER";

    private static readonly Option<bool> Detach = new("--detach", "-d") { Description = "Leave the program running" };
    private static readonly Option<bool> Interactive = new("--interactive", "-i") { Description = "What is typed is for the program" };
    private static readonly Option<bool> Tty = new("--tty", "-t") { Description = "Give the program a terminal" };
    private static readonly Option<string[]> Env = new("--env", "-e") { Description = "A variable, as NAME=value, or NAME for its value here; may be repeated", HelpName = "variable" };
    private static readonly Option<string[]> EnvFile = new("--env-file") { Description = "A file with a variable in each line; may be repeated", HelpName = "file" };
    private static readonly Option<string?> Workdir = new("--workdir", "-w") { Description = "The folder to start in", HelpName = "folder" };
    private static readonly Option<string?> User = new("--user", "-u") { Description = "Whom to run as: NAME|UID[:GROUP|GID]", HelpName = "user" };
    private static readonly Option<bool> Privileged = new("--privileged") { Description = "With every capability that you have" };
    private static readonly Argument<string> Container = new("container") { Description = "Name or id of a container" };
    private static readonly Argument<string[]> Arguments = new("command") { Description = "The program and its arguments", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("exec", "Run one more program in a container") { Detach, Interactive, Tty, Env, EnvFile, Workdir, User, Privileged, Container, Arguments };
        command.SetAction((parsed, _) => Environment.GetEnvironmentVariable(Marker) is null
            ? Session.GuardAsync(_ => Task.FromResult(Reenter(parsed)))
            : Session.RunAsync((session, token) => RunAsync(session, parsed, token)));
        return command;
    }

    private static int Reenter(ParseResult parsed)
    {
        if (!parsed.GetValue(Detach))
        {
            UserTerminal.Require(parsed.GetValue(Tty), parsed.GetValue(Interactive));
        }

        using var store = BuilderStore.Open(StoreSettings.Options);
        var container = store.Containers.Get(parsed.GetValue(Container)!);
        using (ContainerControl.FirstProcessOf(container))
        {
        }

        using var host = ContainerSession.HostOf(container);
        var start = new SelfStart { Environment = EnvironmentOf(parsed), Host = host };
        store.Dispose();
        return parsed.GetValue(Detach) ? Background.Start(start) : SelfExecution.RunInPlace(start);
    }

    private static async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var isDetached = parsed.GetValue(Detach);
        try
        {
            var container = session.Store.Containers.Get(parsed.GetValue(Container)!);
            var request = new ExecRequest
            {
                Command = parsed.GetValue(Arguments)!,
                Env = EnvironmentFlags.Read(parsed.GetValue(EnvFile) ?? [], parsed.GetValue(Env) ?? []),
                User = parsed.GetValue(User),
                WorkingDirectory = parsed.GetValue(Workdir),
                Tty = parsed.GetValue(Tty),
                OpenStdin = parsed.GetValue(Interactive) && !isDetached,
                Privileged = parsed.GetValue(Privileged) || container.Record.Settings.Privileged,
            };
            using var terminal = UserTerminal.Open(request.Tty && !isDetached, request.OpenStdin);
            var console = isDetached ? new ContainerConsole { Started = (_, _) => Background.SayStarted() } : Foreground.ConsoleOf(terminal, request.Tty, request.OpenStdin);
            return (await new ContainerExec(StoredIsolation.Of(container)).RunAsync(container, request, console, cancellationToken)).ExitCode;
        }
        catch (BuilderException e)
        {
            if (isDetached)
            {
                return Background.SayFailed(e);
            }

            ErrorDisplay.Write(e);
            var code = StartFailures.ExitCodeOf(e);
            return code == StartFailures.NotStarted ? e.Code.ExitCode : code;
        }
    }

    /// <summary>What finds the store, starts the program, and was asked for; nothing else of this process's own variables.</summary>
    private static string[] EnvironmentOf(ParseResult parsed)
    {
        string[] kept = ["PATH", "HOME", "XDG_DATA_HOME", "DOTNET_ROOT", "TERM", "NO_COLOR"];
        var asked = (parsed.GetValue(Env) ?? []).Where(text => !text.Contains('=', StringComparison.Ordinal));
        return
        [
            .. SelfExecution.CurrentEnvironment().Where(variable =>
            {
                var name = variable[..variable.IndexOf('=', StringComparison.Ordinal)];
                return kept.Contains(name) || asked.Contains(name) || name.StartsWith("BUILDER_", StringComparison.Ordinal) || name.StartsWith("DOTNET_", StringComparison.Ordinal);
            }),
            $"{Marker}=1",
        ];
    }
}
