using System.CommandLine;
using System.CommandLine.Parsing;
using Builder.Cli.Commands;
using Builder.Cli.Completion;
using Builder.Cli.Displays;
using Builder.Cli.Help;
using Builder.Diagnostics;

namespace Builder.Cli;

/// <summary>All verbs, and what happens to a line that is none of them.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = CreateRoot();
        if (arguments is [CompletionScripts.Verb, "--", .. var words])
        {
            return CompletionCommand.Answer(root, words);
        }

        string[] line = BuildCommand.Complete([.. DockerHabits.Rewrite(arguments).Select(WithDefault)]);
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
        var completed = ReadConfiguration(root).Complete(line, parsed);
        var again = ReferenceEquals(completed, line) ? parsed : root.Parse(completed);
        return again.Errors.Count == 0 ? again : throw new BuilderException(CliErrors.Configuration, $"the configuration does not fit: {again.Errors[0].Message.TrimEnd('.')}", "'builder config' shows what is set where");
    }

    /// <summary>All that the line is parsed with, and that help, manual pages and completion tell.</summary>
    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("Builds container images from Dockerfiles: no daemon, no root.")
        {
            BuildCommand.Create(),
            CacheCommand.Create(),
            CompletionCommand.Create(),
            ConfigCommand.Create(),
            CopyCommand.Create(),
            CheckStoreCommand.Create(),
            DfCommand.Create(),
            ExplainCommand.Create(),
            ExportCommand.Create(),
            FmtCommand.Create(),
            HistoryCommand.Create(),
            ImagesCommand.Create(),
            ImportCommand.Create(),
            InfoCommand.Create(),
            InspectCommand.Create(),
            LoadCommand.Create(),
            LoginCommand.Create(),
            LogoutCommand.Create(),
            ManifestCommand.Create(),
            PushCommand.Create(),
            RmCommand.Create(),
            ManCommand.Create(),
            MaterializeCommand.Create(),
            PruneCommand.Create(),
            PullCommand.Create(),
            RmiCommand.Create(),
            RunCommand.Create(),
            SaveCommand.Create(),
            SquashCommand.Create(),
            TagCommand.Create(),
            TagsCommand.Create(),
            VersionCommand.Create(),
        };
        StoreSettings.AddTo(root);
        PageHelpAction.InstallOn(root);
        return root;
    }

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
