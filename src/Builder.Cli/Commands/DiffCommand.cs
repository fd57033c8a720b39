using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Engine.Containers.Working;

namespace Builder.Cli.Commands;

/// <summary><c>builder diff CONTAINER</c>: what a container has added (A), changed (C) and deleted (D).</summary>
internal static class DiffCommand
{
    private static readonly RowField[] Fields = [new("Type", "CHANGE TYPE"), new("Path", "PATH")];
    private static readonly Option<string?> Format = new("--format") { Description = "table, json, or a template such as '{{.Type}} {{.Path}}'", HelpName = "format" };
    private static readonly Argument<string> Container = new("container") { Description = "Name or id of a container" };

    public static Command Create()
    {
        var command = new Command("diff", "Show what a container has changed") { Format, Container };
        command.SetAction((parsed, _) => ContainerSession.RunAsync([parsed.GetValue(Container)!], (session, token) => Task.FromResult(Show(session, parsed, token))));
        return command;
    }

    private static int Show(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var changes = new ContainerChanges(session.Store).List(session.Store.Containers.Get(parsed.GetValue(Container)!), cancellationToken);
        RowFormat.Write(parsed.GetValue(Format) ?? "{{.Type}} {{.Path}}", Fields, [.. changes.Select(change => (string[])[change.Kind.ToString(), change.Path])]);
        return 0;
    }
}
