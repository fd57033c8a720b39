using System.CommandLine;
using Builder.Cli.Help;
using Builder.Diagnostics;

namespace Builder.Cli.Configuration;

/// <summary>
/// What options are when the line does not say: variables of the environment first (<c>BUILDER_BUILD_PROGRESS</c> for <c>build
/// --progress</c>), then <c>builder.json</c> of the project, the user and the system (spec/configuration.md).
/// </summary>
internal sealed class Configuration
{
    public const string FileName = "builder.json";

    private readonly Func<string, string?> variable;
    private readonly IReadOnlyList<ConfigurationFile> files;

    private Configuration(Func<string, string?> variable, IReadOnlyList<ConfigurationFile> files) => (this.variable, this.files) = (variable, files);

    /// <summary>The files that count, the strongest first, whether they exist or not.</summary>
    public static IReadOnlyList<(string Path, bool IsProject)> Places(Func<string, string?> variable, string folder)
    {
        if (variable("BUILDER_CONFIG") is { } chosen)
        {
            return chosen.Length > 0 ? [(chosen, false)] : [];
        }

        var user = variable("XDG_CONFIG_HOME") is { Length: > 0 } home ? home : Path.Combine(variable("HOME") ?? "/", ".config");
        return [(Path.Combine(folder, FileName), true), (Path.Combine(user, "builder", FileName), false), (Path.Combine("/etc/builder", FileName), false)];
    }

    /// <param name="folder">The current one, which is the project's.</param>
    /// <exception cref="BuilderException">A file is no configuration.</exception>
    public static Configuration Read(Command root, Func<string, string?> variable, string folder) =>
        new(variable, [.. Places(variable, folder).Where(place => File.Exists(place.Path)).Select(place => ConfigurationFile.Read(place.Path, place.IsProject, root))]);

    /// <summary>The name of the variable of the environment that sets an option.</summary>
    public static string VariableOf(string verb, string option) => $"BUILDER_{verb}_{option.TrimStart('-')}".Replace(' ', '_').Replace('-', '_').ToUpperInvariant();

    /// <summary>What is set for a verb, an option once: the strongest origin wins.</summary>
    public IEnumerable<Setting> For(string verb, Command command)
    {
        var variables = command.Options.Where(option => !option.Hidden && !option.Recursive)
            .Select(option => (option, Name: VariableOf(verb, option.Name)))
            .Where(pair => variable(pair.Name) is { Length: > 0 })
            .Select(pair => new Setting(pair.option.Name, pair.option.Arity.MaximumNumberOfValues > 1 ? variable(pair.Name)!.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [variable(pair.Name)!], pair.Name));
        var stored = files.SelectMany(file => file.For(verb)).Where(setting => StoreSettings.Variables.All(pair => pair.Option != setting.Option || variable(pair.Variable) is not { Length: > 0 }));
        return variables.Concat(stored).DistinctBy(setting => setting.Option);
    }

    /// <summary>The line with what the configuration adds to it, behind the words of its verb.</summary>
    /// <param name="parsed">The line as it is.</param>
    /// <returns>The same line when nothing is added.</returns>
    public string[] Complete(string[] arguments, ParseResult parsed)
    {
        var words = HelpPage.VerbOf(parsed);
        var verb = string.Join(' ', words);
        string[] added =
        [
            .. For(verb, parsed.CommandResult.Command)
                .Where(setting => OptionOf(parsed, setting.Option) is not { } option || parsed.GetResult(option) is null or { Implicit: true })
                .SelectMany(setting => setting.Values.Select(value => $"{setting.Option}={value}")),
        ];
        if (added.Length == 0)
        {
            return arguments;
        }

        var at = 0;
        foreach (var word in words)
        {
            at = Array.IndexOf(arguments, word, at) + 1;
        }

        return [.. arguments[..at], .. added, .. arguments[at..]];
    }

    private static Option? OptionOf(ParseResult parsed, string name)
    {
        for (System.CommandLine.Parsing.SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult command && command.Command.Options.FirstOrDefault(option => option.Name == name) is { } option)
            {
                return option;
            }
        }

        return null;
    }
}
