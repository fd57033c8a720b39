using System.CommandLine;
using System.CommandLine.Parsing;
using Builder.Cli.Commands;
using Builder.Cli.Completion;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Cli.Help;
using Builder.Diagnostics;

namespace Builder.Cli;

/// <summary>All verbs, and what happens to a line that is none of them.</summary>
internal static class CommandLine
{
    /// <summary>The verbs by name: to run one, the options of all others need not be made.</summary>
    private static readonly (string Name, Func<Command> Create)[] Verbs =
    [
        ("attach", AttachCommand.Create),
        ("build", BuildCommand.Create),
        ("cache", CacheCommand.Create),
        ("completion", CompletionCommand.Create),
        ("commit", CommitCommand.Create),
        ("config", ConfigCommand.Create),
        ("container", ContainerCommand.Create),
        ("copy", CopyCommand.Create),
        ("cp", CpCommand.Create),
        ("create", CreateCommand.Create),
        ("check-store", CheckStoreCommand.Create),
        ("checkpoint", CheckpointCommand.Create),
        (Background.Verb, Background.CreateVerb),
        ("df", DfCommand.Create),
        ("diff", DiffCommand.Create),
        ("exec", ExecCommand.Create),
        ("explain", ExplainCommand.Create),
        ("export", ExportCommand.Create),
        ("fmt", FmtCommand.Create),
        ("history", HistoryCommand.Create),
        ("images", ImagesCommand.Create),
        ("import", ImportCommand.Create),
        ("info", InfoCommand.Create),
        ("inspect", InspectCommand.Create),
        ("kill", StopCommand.CreateKill),
        ("load", LoadCommand.Create),
        ("lock", LockCommand.Create),
        ("login", LoginCommand.Create),
        ("logout", LogoutCommand.Create),
        ("logs", LogsCommand.Create),
        ("manifest", ManifestCommand.Create),
        ("pause", PauseCommand.Create),
        ("ps", PsCommand.Create),
        ("push", PushCommand.Create),
        ("rename", RenameCommand.Create),
        ("report", ReportCommand.Create),
        ("restart", StopCommand.CreateRestart),
        ("rm", RmCommand.Create),
        ("man", ManCommand.Create),
        ("materialize", MaterializeCommand.Create),
        ("prune", PruneCommand.Create),
        ("pull", PullCommand.Create),
        ("restore", CheckpointCommand.CreateRestore),
        ("rmi", RmiCommand.Create),
        ("run", RunCommand.Create),
        ("save", SaveCommand.Create),
        ("squash", SquashCommand.Create),
        ("start", StartCommand.Create),
        ("stop", StopCommand.Create),
        ("tag", TagCommand.Create),
        ("tags", TagsCommand.Create),
        ("unpause", PauseCommand.CreateUnpause),
        ("version", VersionCommand.Create),
        ("wait", StopCommand.CreateWait),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is [CompletionScripts.Verb, "--", .. var words])
        {
            return CompletionCommand.Answer(CreateRoot(), words);
        }

        string[] line = BuildCommand.Complete([.. DockerHabits.Rewrite(arguments).Select(WithDefault)]);
        var root = CreateRoot(Verb(line));
        line = Passthrough.Complete(root, line);
        var parsed = root.Parse(line);
        if (parsed.Errors.Count > 0)
        {
            return ReportUsage(parsed);
        }

        if (parsed.Action is not PageHelpAction)
        {
            try
            {
                parsed = WithConfiguration(root, line, parsed);
            }
            catch (BuilderException e)
            {
                ErrorDisplay.Write(e);
                return e.Code.ExitCode;
            }
        }

        StoreSettings.Apply(parsed);

        // Signals are the session's business: it lets a build clean up before the process ends.
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        return exitCode == 0 ? Terminal.CheckOutput() : exitCode;
    }

    /// <summary>What options are that the line does not say.</summary>
    public static Configuration.Configuration ReadConfiguration(Command root) =>
        Configuration.Configuration.Read(root, Environment.GetEnvironmentVariable, Environment.CurrentDirectory);

    private static ParseResult WithConfiguration(Command root, string[] line, ParseResult parsed)
    {
        // A file may speak of every verb, and is read with all of them; mostly there is none.
        var files = Configuration.Configuration.Places(Environment.GetEnvironmentVariable, Environment.CurrentDirectory);
        var completed = ReadConfiguration(files.Any(file => File.Exists(file.Path)) ? CreateRoot() : root).Complete(line, parsed);
        var again = ReferenceEquals(completed, line) ? parsed : root.Parse(completed);
        return again.Errors.Count == 0 ? again : throw new BuilderException(CliErrors.Configuration, $"the configuration does not fit: {again.Errors[0].Message.TrimEnd('.')}", "'builder config' shows what is set where");
    }

    /// <summary>All that the line is parsed with, and that help, manual pages and completion tell.</summary>
    /// <param name="only">The one verb to make; null for all of them.</param>
    public static RootCommand CreateRoot(string? only = null)
    {
        var root = new RootCommand("Builds container images from Dockerfiles: no daemon, no root.");
        foreach (var (_, create) in Array.FindAll(Verbs, verb => only is null || verb.Name == only))
        {
            root.Add(create());
        }

        StoreSettings.AddTo(root);
        PageHelpAction.InstallOn(root);
        return root;
    }

    /// <summary>The verb that a line begins with; null for a line that is no such one, which is looked at with all verbs.</summary>
    private static string? Verb(string[] line) => line is [var first, ..] && Array.Exists(Verbs, verb => verb.Name == first) ? first : null;

    /// <summary>Docker's --pull takes a value only behind an equals sign: what follows it is the context.</summary>
    private static string WithDefault(string argument) => argument == "--pull" ? "--pull=always" : argument;

    private static int ReportUsage(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = string.Join(' ', Names(parsed.CommandResult).Reverse());
        var isGroup = command.Subcommands.Count > 0;
        var unknown = isGroup ? (parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null) : UnknownOption(parsed);
        var candidates = isGroup ? command.Subcommands.Select(verb => verb.Name) : command.Options.Select(option => option.Name);
        var near = unknown is null ? null : Suggestions.Nearest(unknown, candidates);
        var instead = unknown is null ? null : isGroup ? DockerHabits.InsteadOfVerb(unknown) : DockerHabits.InsteadOfOption(command.Name, unknown);
        var message = (isGroup, unknown) switch
        {
            (true, null) => "no command given",
            (true, _) => $"'{unknown}' is not a command",
            (false, not null) => $"unknown option {unknown} for '{path}'",
            _ => parsed.Errors[0].Message.TrimEnd('.'),
        };
        ErrorDisplay.Write(new BuilderException(CliErrors.Usage, message, instead ?? (near is null ? $"see '{path} --help'" : $"did you mean {near}? see '{path} --help'")));
        return CliErrors.Usage.ExitCode;
    }

    /// <summary>The parser takes an option that it does not know for an argument, and complains about what is then one too many.</summary>
    private static string? UnknownOption(ParseResult parsed) =>
        parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-')
            .Select(token => token.Value.Split('=')[0])
            .FirstOrDefault();

    private static IEnumerable<string> Names(SymbolResult? result)
    {
        for (; result is CommandResult command; result = result.Parent)
        {
            yield return command.Command is RootCommand ? "builder" : command.Command.Name;
        }
    }
}
