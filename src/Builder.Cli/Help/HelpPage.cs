using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Builder.Cli.Help;

/// <summary>An entry of a list: what one writes, and what it means.</summary>
internal sealed record HelpEntry(string Term, string Meaning);

/// <summary>A list with a heading.</summary>
internal sealed record HelpSection(string Title, IReadOnlyList<HelpEntry> Entries);

/// <summary>
/// All that there is to tell about a verb, taken from the very definitions that the command line is parsed with: <c>--help</c>, the
/// manual pages and <c>spec/commands.md</c> are renderings of it.
/// </summary>
/// <param name="Name">The words of the verb, beginning with the program: <c>builder cache ls</c>.</param>
internal sealed record HelpPage(string Name, string Description, string Usage, IReadOnlyList<HelpSection> Sections, IReadOnlyList<HelpEntry> Examples)
{
    private const string Program = "builder";

    /// <param name="path">The root first, the verb last.</param>
    public static HelpPage Of(IReadOnlyList<Command> path)
    {
        var command = path[^1];
        var name = string.Join(' ', path.Select(part => part is RootCommand ? Program : part.Name));
        var verb = string.Join(' ', path.Skip(1).Select(part => part.Name));
        return new HelpPage(name, command.Description ?? "", UsageOf(name, command), [.. SectionsOf(path, command, verb)], HelpTexts.ExamplesOf(verb));
    }

    /// <summary>Every verb with its path, the root first, in the order of their names.</summary>
    public static IEnumerable<IReadOnlyList<Command>> PathsOf(Command root) => PathsBelow([root]);

    /// <summary>The commands that a line names, the root first.</summary>
    public static IReadOnlyList<Command> PathOf(ParseResult parsed)
    {
        var path = new List<Command>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
        {
            path.Insert(0, command.Command);
        }

        return path;
    }

    /// <summary>The words of a line's verb, without the program.</summary>
    public static string[] VerbOf(ParseResult parsed) => [.. PathOf(parsed).Skip(1).Select(command => command.Name)];

    private static IEnumerable<IReadOnlyList<Command>> PathsBelow(IReadOnlyList<Command> path) =>
        path[^1].Subcommands.Where(command => !command.Hidden).OrderBy(command => command.Name, StringComparer.Ordinal)
            .SelectMany(command => PathsBelow([.. path, command])).Prepend(path);

    private static string UsageOf(string name, Command command)
    {
        var arguments = command.Arguments.Where(argument => !argument.Hidden).Select(argument =>
        {
            var shown = argument.Arity.MaximumNumberOfValues > 1 ? $"<{argument.Name}>..." : $"<{argument.Name}>";
            return argument.Arity.MinimumNumberOfValues == 0 ? $"[{shown}]" : shown;
        });
        string[] words = [name, "[options]", .. arguments, .. command.Subcommands.Count > 0 ? ["<command>"] : Array.Empty<string>()];
        return string.Join(' ', words);
    }

    private static IEnumerable<HelpSection> SectionsOf(IReadOnlyList<Command> path, Command command, string verb)
    {
        var verbs = command.Subcommands.Where(child => !child.Hidden).OrderBy(child => child.Name, StringComparer.Ordinal)
            .GroupBy(child => verb.Length == 0 ? HelpTexts.GroupOfVerb(child.Name) : "Commands").OrderBy(group => HelpTexts.RankOfGroup(group.Key));
        foreach (var group in verbs)
        {
            yield return new HelpSection(group.Key, [.. group.Select(child => new HelpEntry(child.Name, child.Description ?? ""))]);
        }

        var arguments = command.Arguments.Where(argument => !argument.Hidden && argument.Description is not null);
        if (arguments.Any())
        {
            yield return new HelpSection("Arguments", [.. arguments.Select(argument => new HelpEntry($"<{argument.Name}>", argument.Description!))]);
        }

        foreach (var group in command.Options.Where(option => !option.Hidden && !option.Recursive && option is not HelpOption and not VersionOption)
            .GroupBy(option => HelpTexts.GroupOfOption(verb, option.Name)).OrderBy(group => HelpTexts.RankOfGroup(group.Key)))
        {
            yield return new HelpSection(group.Key, [.. group.Select(Entry)]);
        }

        yield return new HelpSection(HelpTexts.EveryCommand, [.. path.SelectMany(part => part.Options).Where(option => !option.Hidden && option.Recursive && option is not HelpOption).Select(Entry).Prepend(new HelpEntry("-h, --help", "Show this help"))]);
    }

    private static HelpEntry Entry(Option option)
    {
        var names = option.Aliases.Append(option.Name).OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal);
        var value = option.HelpName is { } help ? option.Arity.MinimumNumberOfValues == 0 ? $" [<{help}>]" : $" <{help}>" : "";
        return new HelpEntry(string.Join(", ", names) + value, option.Description ?? "");
    }
}
