using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Engine.Exporters;
using Builder.Engine.Images;
using Builder.Storage.Containers;

namespace Builder.Cli.Commands;

/// <summary><c>builder container prune | export | import</c>: containers that are done, and those that move.</summary>
internal static class ContainerCommand
{
    private static readonly Option<bool> Force = new("--force", "-f") { Description = "Do not ask" };
    private static readonly Option<string[]> Filter = new("--filter") { Description = "until=24h: only those made before; label=NAME[=VALUE]; may be repeated", HelpName = "filter" };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file to write (default: standard output)", HelpName = "path" };
    private static readonly Option<bool> Live = new("--live") { Description = "Stop it where it is and take its processes along, by criu; restore lets them go on" };
    private static readonly Option<string?> Name = new("--name") { Description = "The container's new name (default: the one it had)", HelpName = "name" };
    private static readonly Argument<string> Container = new("container") { Description = "Name or id of a container" };
    private static readonly Argument<string> Archive = new("file") { Description = "What 'container export' has written; - is standard input" };

    public static Command Create()
    {
        var prune = new Command("prune", "Remove containers that do not run") { Force, Filter };
        prune.SetAction((parsed, _) => ContainerSession.RunAsync([], (session, token) => PruneAsync(session, parsed, token)));
        var export = new Command("export", "Write a container, with its files, configuration and limits, for another store or machine") { Output, Live, Container };
        export.SetAction((parsed, _) => ContainerSession.RunAsync([parsed.GetValue(Container)!], (session, token) => ExportAsync(session, parsed, token)));
        var import = new Command("import", "Take in a container that was exported") { Name, Archive };
        import.SetAction((parsed, _) => ContainerSession.RunAsync([], (session, token) => ImportAsync(session, parsed, token)));
        return new Command("container", "Move containers between stores, and remove those that are done") { prune, export, import };
    }

    /// <summary>Removes all containers that do not run and fit.</summary>
    /// <returns>The ids of those that were removed.</returns>
    public static async Task<IReadOnlyList<string>> PruneAsync(Session session, Func<StoredContainer, bool> fits, CancellationToken cancellationToken)
    {
        var removed = new List<string>();
        foreach (var container in session.Store.Containers.List().Where(container => !container.IsRunning && fits(container)))
        {
            await new ContainerControl(session.Store, TimeProvider.System).RemoveAsync(container, force: false, cancellationToken);
            removed.Add(container.Id);
        }

        return removed;
    }

    private static async Task<int> PruneAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var fits = FilterOf(parsed.GetValue(Filter) ?? []);
        if (!parsed.GetValue(Force) && !Confirmation.Ask("WARNING! This will remove all containers that do not run."))
        {
            return 0;
        }

        var removed = await PruneAsync(session, fits, cancellationToken);
        if (removed.Count > 0)
        {
            Terminal.WriteLine("Deleted Containers:");
            foreach (var id in removed)
            {
                Terminal.WriteLine(id);
            }
        }

        return 0;
    }

    private static Func<StoredContainer, bool> FilterOf(string[] texts)
    {
        var conditions = new List<Func<StoredContainer, bool>>();
        foreach (var (key, value) in texts.Select(ImageFilter.Split))
        {
            switch (key)
            {
                case "until":
                    var until = Moments.Parse(value, TimeProvider.System.GetUtcNow());
                    conditions.Add(container => container.Record.Created < until);
                    break;
                case "label":
                    conditions.Add(container => ContainerFilter.HasLabel(container, value));
                    break;
                default:
                    throw ImageFilter.Unknown(key, ["until", "label"]);
            }
        }

        return container => conditions.TrueForAll(condition => condition(container));
    }

    private static async Task<int> ExportAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(Output);
        if (path is null && Terminal.OutputIsTerminal)
        {
            throw new BuilderException(CliErrors.TerminalOutput, "an archive is nothing to look at", "name a file with -o, or send the output somewhere");
        }

        var container = session.Store.Containers.Get(parsed.GetValue(Container)!);
        var live = parsed.GetValue(Live);
        if (live && container.IsRunning)
        {
            await new ContainerCheckpoint(session.Store, TimeProvider.System).WriteAsync(container, leaveRunning: false, cancellationToken);
            container = session.Store.Containers.Get(container.Id);
        }

        if (live)
        {
            ContainerCheckpoint.RequireOne(container);
        }

        OutputFile.Write(path ?? OutputSpec.Stdout, Terminal.OpenOutput, stream => new ContainerBundle(session.Store, TimeProvider.System).Export(container, stream, live, cancellationToken));
        return 0;
    }

    private static async Task<int> ImportAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(Archive)!;
        await using var archive = ImportCommand.Open(path);
        var container = await new ContainerBundle(session.Store, TimeProvider.System).ImportAsync(archive, parsed.GetValue(Name), cancellationToken);
        Terminal.WriteLine(container.Id);
        return 0;
    }
}
