using System.CommandLine;
using Builder.Cli.Configuration;
using Builder.Cli.Displays;
using Builder.Cli.Help;

namespace Builder.Cli.Commands;

/// <summary><c>builder config</c>: what options are without being written in the line, and which variable or file says so.</summary>
internal static class ConfigCommand
{
    private static readonly Option<string?> Format = new("--format") { Description = "table, json, or a template such as '{{.Command}} {{.Option}}={{.Value}}'", HelpName = "format" };

    private static readonly RowField[] Fields = [new("Command", "COMMAND"), new("Option", "OPTION"), new("Value", "VALUE"), new("Origin", "ORIGIN")];

    public static Command Create()
    {
        var schema = new Command("schema", "Print the JSON schema of builder.json");
        schema.SetAction((_, _) => Session.GuardAsync(_ =>
        {
            Terminal.WriteLine(ConfigurationSchema.Render(CommandLine.CreateRoot()).TrimEnd('\n'));
            return Task.FromResult(0);
        }));
        var command = new Command("config", "Show which options have other values than usual, and where they come from") { Format, schema };
        command.SetAction((parsed, _) => Session.GuardAsync(_ =>
        {
            RowFormat.Write(parsed.GetValue(Format), Fields, [.. Rows()]);
            return Task.FromResult(0);
        }));
        return command;
    }

    /// <summary>A command, an option, its value and its origin a row.</summary>
    public static IEnumerable<string[]> Rows()
    {
        var root = CommandLine.CreateRoot();
        var configuration = CommandLine.ReadConfiguration(root);
        foreach (var path in HelpPage.PathsOf(root))
        {
            var verb = string.Join(' ', path.Skip(1).Select(part => part.Name));
            foreach (var setting in configuration.For(verb.Length == 0 ? ConfigurationFile.EveryVerb : verb, path[^1]).Where(setting => path[^1].Options.Any(option => option.Name == setting.Option)))
            {
                yield return [verb.Length == 0 ? ConfigurationFile.EveryVerb : verb, setting.Option, string.Join(", ", setting.Values), setting.Origin];
            }
        }

        foreach (var (option, variable) in StoreSettings.Variables.Where(pair => Environment.GetEnvironmentVariable(pair.Variable) is { Length: > 0 }))
        {
            yield return [ConfigurationFile.EveryVerb, option, Environment.GetEnvironmentVariable(variable)!, variable];
        }

        if (Environment.GetEnvironmentVariable("BUILDER_ROOT") is { Length: > 0 } folder)
        {
            yield return [ConfigurationFile.EveryVerb, "store", folder, "BUILDER_ROOT"];
        }
    }
}
