using System.CommandLine;
using Builder.Cli.Calls;
using Builder.Cli.Configuration;
using Builder.Cli.Displays;
using Builder.Containers.Machine;
using Builder.Diagnostics;
using Builder.Linux.Isolation;
using Builder.Storage;

namespace Builder.Cli.Commands;

/// <summary><c>builder info</c>: what this machine offers, and what each lack costs.</summary>
internal static class InfoCommand
{
    private static readonly Option<string> Format = new("--format", "-f") { Description = "text, or json", DefaultValueFactory = _ => "text", HelpName = "format" };

    public static Command Create()
    {
        var command = new Command("info", "Show what this machine offers, and what each lack costs") { Format };
        command.SetAction((parsed, _) => Session.GuardAsync(_ => Task.FromResult(Run(parsed.GetValue(Format)!))));
        return command;
    }

    /// <summary>What a container has is seen from where containers are made: an ordinary user's are made in a user namespace, if it can be had.</summary>
    private static int Run(string format)
    {
        if (format is not ("text" or "json"))
        {
            throw new BuilderException(CliErrors.Usage, $"unknown format '{format}'", "it is text or json");
        }

        BuilderException? refusal = null;
        if (UserNamespaceEntry.IsNeeded)
        {
            try
            {
                return UserNamespaceEntry.Reexec();
            }
            catch (BuilderException refused)
            {
                refusal = refused;
            }
        }

        Show(format, [.. MachineReport.Make(refusal), StoreFact()]);
        return 0;
    }

    private static MachineFact StoreFact()
    {
        const string Title = "Store";
        try
        {
            using var store = BuilderStore.Open(StoreSettings.Options);
            return store.Snapshots.CopiesTrees
                ? new MachineFact("store", Title, $"{StoreLocation.Root}, copying", "each step copies its parent's files: put the store on a file system that overlay accepts (ext4, xfs, btrfs, tmpfs)")
                : new MachineFact("store", Title, $"{StoreLocation.Root}, overlay{(store.Snapshots.UserXattrs ? " with userxattr" : "")}");
        }
        catch (Exception exception) when (exception is BuilderException or IOException or UnauthorizedAccessException)
        {
            return new MachineFact("store", Title, StoreLocation.Root, $"it cannot be opened: {exception.Message}");
        }
    }

    private static void Show(string format, IReadOnlyList<MachineFact> facts)
    {
        if (format == "json")
        {
            Terminal.WriteLine(JsonText.Write(json =>
            {
                json.WriteString("version", VersionCommand.Version);
                foreach (var fact in facts)
                {
                    json.WriteStartObject(fact.Name);
                    json.WriteString("value", fact.Value);
                    if (fact.Cost is { } cost)
                    {
                        json.WriteString("cost", cost);
                    }

                    json.WriteEndObject();
                }

                json.WriteStartArray("configuration");
                foreach (var row in ConfigCommand.Rows())
                {
                    json.WriteStartObject();
                    json.WriteString("command", row[0]);
                    json.WriteString("option", row[1]);
                    json.WriteString("value", row[2]);
                    json.WriteString("origin", row[3]);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }));
            return;
        }

        var width = Math.Max(facts.Max(fact => fact.Title.Length) + 2, "Configuration:".Length);
        Terminal.WriteLine("Version:".PadRight(width) + " " + VersionCommand.Version);
        foreach (var fact in facts)
        {
            Terminal.WriteLine(Terminal.Harmless($"{(fact.Title + ":").PadRight(width)} {fact.Value}"));
            if (fact.Cost is { } cost)
            {
                Terminal.WriteLine(Terminal.Harmless($"{new string(' ', width)} - {cost}"));
            }
        }

        // What is in force otherwise than usual, and who says so.
        var title = "Configuration:".PadRight(width);
        foreach (var line in ConfigCommand.Rows().Select(row => $"{(row[0] == ConfigurationFile.EveryVerb ? "" : row[0] + " ")}{row[1]} = {row[2]} ({row[3]})").DefaultIfEmpty("nothing is set"))
        {
            Terminal.WriteLine(Terminal.Harmless($"{title} {line}"));
            title = new string(' ', width);
        }
    }
}
