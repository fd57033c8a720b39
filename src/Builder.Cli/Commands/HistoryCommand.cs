using System.CommandLine;
using System.Globalization;
using Builder.Cli.Displays;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder history</c>: the steps that an image came about by, the last one first.</summary>
internal static class HistoryCommand
{
    private const int ShownCommand = 45;
    private const string Missing = "<missing>";

    private static readonly RowField[] Fields =
    [
        new("ID", "IMAGE"), new("CreatedSince", "CREATED"), new("CreatedBy", "CREATED BY"), new("Size", "SIZE"), new("Comment", "COMMENT"), new("CreatedAt", null),
    ];

    private static readonly Option<string?> Format = new("--format") { Description = "table, json, or a template such as '{{.CreatedBy}}'", HelpName = "format" };
    private static readonly Option<bool> Human = new("--human", "-H") { Description = "Print sizes and dates for people (default: true)", DefaultValueFactory = _ => true };
    private static readonly Option<bool> NoTrunc = new("--no-trunc") { Description = "Print everything in full" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print image ids only" };
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Which image of an index, as os/arch[/variant]", HelpName = "platform" };
    private static readonly Argument<string> Image = new("image") { Description = "Name or id of an image" };

    public static Command Create()
    {
        var command = new Command("history", "Show how an image came about") { Format, Human, NoTrunc, Quiet, PlatformOption, Image };
        command.SetAction((parsed, _) => Session.RunAsync((session, _) => Task.FromResult(Show(session, parsed))));
        return command;
    }

    private static int Show(Session session, ParseResult parsed)
    {
        var catalog = new ImageCatalog(session.Store);
        var image = parsed.GetValue(PlatformOption) is { } platform
            ? catalog.Get(parsed.GetValue(Image)!, Platform.Parse(platform))
            : catalog.Get(parsed.GetValue(Image)!);
        var rows = Rows(image, parsed.GetValue(NoTrunc), parsed.GetValue(Human)).ToArray();
        if (parsed.GetValue(Quiet))
        {
            foreach (var row in rows)
            {
                Terminal.WriteLine(row[0]);
            }
        }
        else
        {
            RowFormat.Write(parsed.GetValue(Format), Fields, rows);
        }

        return 0;
    }

    private static IEnumerable<string[]> Rows(StoredImage image, bool full, bool human)
    {
        var now = TimeProvider.System.GetUtcNow();
        var sizes = new Stack<long>(image.Manifest.Layers.Select(layer => layer.Size));
        var id = full ? image.Id.ToString() : image.Id.Short;
        foreach (var entry in (image.Config.History ?? []).Reverse())
        {
            var size = entry.EmptyLayer || sizes.Count == 0 ? 0 : sizes.Pop();
            var created = entry.Created is { } time ? time.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture) : "N/A";
            yield return
            [
                id,
                human ? Ages.Format(entry.Created, now) : created,
                Shorten((entry.CreatedBy ?? "").Replace('\t', ' '), full),
                human ? Sizes.Format(size) : size.ToString(CultureInfo.InvariantCulture),
                entry.Comment ?? "",
                created,
            ];
            id = Missing;
        }
    }

    private static string Shorten(string command, bool full)
    {
        var line = full ? command : command.ReplaceLineEndings(" ");
        return full || line.Length <= ShownCommand ? line : line[..(ShownCommand - 1)] + "…";
    }
}
