using System.CommandLine;
using System.Globalization;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Engine.Images;
using Builder.Storage.Containers;

namespace Builder.Cli.Commands;

/// <summary><c>builder ps</c>: Docker's table of containers.</summary>
internal static class PsCommand
{
    private const int ShownCommand = 20;

    private static readonly RowField[] Fields =
    [
        new("ID", "CONTAINER ID"), new("Image", "IMAGE"), new("Command", "COMMAND"), new("RunningFor", "CREATED"), new("Status", "STATUS"), new("Ports", "PORTS"), new("Names", "NAMES"),
        new("CreatedAt", null), new("State", null), new("Labels", null), new("Mounts", null), new("Networks", null), new("Size", null), new("LocalVolumes", null),
    ];

    private static readonly Option<bool> All = new("--all", "-a") { Description = "Those that do not run too" };
    private static readonly Option<string[]> Filter = new("--filter", "-f") { Description = "status=…, name=…, id=…, label=NAME[=VALUE], ancestor=IMAGE, exited=CODE; may be repeated", HelpName = "filter" };
    private static readonly Option<string?> Format = new("--format") { Description = "table, json, or a template such as '{{.Names}}'", HelpName = "format" };
    private static readonly Option<bool> Latest = new("--latest", "-l") { Description = "Only the one that was made last" };
    private static readonly Option<int?> Last = new("--last", "-n") { Description = "Only so many that were made last", HelpName = "number" };
    private static readonly Option<bool> NoTrunc = new("--no-trunc") { Description = "Print everything in full" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print ids only" };

    public static Command Create()
    {
        var command = new Command("ps", "List containers") { All, Filter, Format, Last, Latest, NoTrunc, Quiet };
        command.SetAction((parsed, _) => Session.RunAsync((session, _) => Task.FromResult(List(session, parsed))));
        return command;
    }

    private static int List(Session session, ParseResult parsed)
    {
        string[] filters = parsed.GetValue(Filter) ?? [];
        var filter = ContainerFilter.Parse(filters, new ImageCatalog(session.Store));
        var count = parsed.GetValue(Latest) ? 1 : parsed.GetValue(Last);
        var showsAll = parsed.GetValue(All) || count is not null || filter.AsksForState;
        var full = parsed.GetValue(NoTrunc);
        var now = TimeProvider.System.GetUtcNow();
        var shown = session.Store.Containers.List().Where(container => (showsAll || container.IsRunning) && filter.Fits(container)).Take(count is null or < 0 ? int.MaxValue : count.Value).ToArray();
        if (parsed.GetValue(Quiet))
        {
            foreach (var container in shown)
            {
                Terminal.WriteLine(full ? container.Id : container.Record.ShortId);
            }

            return 0;
        }

        RowFormat.Write(parsed.GetValue(Format), Fields, [.. shown.Select(container => Row(container, full, now))]);
        return 0;
    }

    private static string[] Row(StoredContainer container, bool full, DateTimeOffset now)
    {
        var (record, execution) = (container.Record, container.Record.Execution);
        var command = string.Join(' ', [.. execution.Entrypoint ?? [], .. execution.Cmd ?? []]).ReplaceLineEndings(" ");
        return
        [
            full ? record.Id : record.ShortId,
            record.ImageName,
            $"\"{(full || command.Length <= ShownCommand ? command : command[..(ShownCommand - 1)] + "…")}\"",
            Ages.Format(record.Created, now),
            StatusOf(container, now),
            string.Join(", ", container.State.Ports ?? []),
            record.Name,
            record.Created.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
            ContainerStates.NameOf(container),
            string.Join(',', (execution.Labels ?? new Dictionary<string, string>()).OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")),
            string.Join(',', record.Settings.Volumes.Select(volume => volume.Split(':')[0])),
            record.Settings.Network ?? "default",
            "",
            "0",
        ];
    }

    /// <summary>In Docker's words: <c>Up 3 minutes (Paused)</c>, <c>Exited (0) 2 hours ago</c>, <c>Created</c>.</summary>
    private static string StatusOf(StoredContainer container, DateTimeOffset now) => container.State.Status switch
    {
        ContainerStatus.Running => $"Up {Spans.Format(container.State.StartedAt, now)}{(ContainerStates.IsPaused(container) ? " (Paused)" : "")}",
        ContainerStatus.Exited => $"Exited ({container.State.ExitCode}) {Ages.Format(container.State.FinishedAt ?? container.State.StartedAt, now)}",
        _ => "Created",
    };
}
