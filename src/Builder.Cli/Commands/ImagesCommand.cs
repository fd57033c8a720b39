using System.CommandLine;
using System.Globalization;
using Builder.Cli.Displays;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder images</c>: Docker's table of what is in the store.</summary>
internal static class ImagesCommand
{
    private const string None = "<none>";

    private static readonly Option<bool> All = new("--all", "-a") { Description = "Show all images; there are no hidden ones here" };
    private static readonly Option<bool> Digests = new("--digests") { Description = "Show digests" };
    private static readonly Option<string[]> Filter = new("--filter", "-f") { Description = "dangling=BOOL, reference=PATTERN, label=NAME[=VALUE], before=IMAGE, since=IMAGE or until=TIME; may be repeated", HelpName = "filter" };
    private static readonly Option<string?> Format = new("--format") { Description = "table, json, or a template such as '{{.Repository}}:{{.Tag}}'", HelpName = "format" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print image ids only" };
    private static readonly Option<bool> NoTrunc = new("--no-trunc") { Description = "Print image ids in full" };
    private static readonly Argument<string?> Reference = new("repository") { Description = "Only images of this name, as repository[:tag]; may be a pattern", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("images", "List images") { All, Digests, Filter, Format, NoTrunc, Quiet, Reference };
        command.SetAction((parsed, _) => Session.RunAsync((session, _) => Task.FromResult(List(session, parsed))));
        return command;
    }

    private static int List(Session session, ParseResult parsed)
    {
        var catalog = new ImageCatalog(session.Store);
        var now = TimeProvider.System.GetUtcNow();
        string[] filters = [.. parsed.GetValue(Filter) ?? [], .. parsed.GetValue(Reference) is { } pattern ? [$"reference={pattern}"] : Array.Empty<string>()];
        var filter = ImageFilter.Parse(filters, catalog, now);
        var full = parsed.GetValue(NoTrunc);
        var shown =
            from image in catalog.List()
            from name in image.Names.DefaultIfEmpty()
            where filter.Fits(image, name)
            select (Image: image, Name: name);
        if (parsed.GetValue(Quiet))
        {
            foreach (var id in shown.Select(row => IdOf(row.Image, full)).Distinct())
            {
                Terminal.WriteLine(id);
            }

            return 0;
        }

        RowFormat.Write(parsed.GetValue(Format), Fields(parsed.GetValue(Digests)), [.. shown.Select(row => Row(row.Image, row.Name, full, now))]);
        return 0;
    }

    private static RowField[] Fields(bool digests) =>
    [
        new("Repository", "REPOSITORY"), new("Tag", "TAG"), new("Digest", digests ? "DIGEST" : null), new("ID", "IMAGE ID"),
        new("CreatedSince", "CREATED"), new("Size", "SIZE"), new("CreatedAt", null), new("Platform", null),
    ];

    private static string[] Row(StoredImage image, ImageReference? name, bool full, DateTimeOffset now) =>
    [
        name is null ? None : (name with { Tag = null, Digest = null }).Familiar,
        name?.Tag ?? None,
        image.RepositoryDigest(name).ToString(),
        IdOf(image, full),
        Ages.Format(image.Config.Created, now),
        Sizes.Format(image.Size),
        image.Config.Created?.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture) ?? "N/A",
        image.Config.Platform.ToString(),
    ];

    private static string IdOf(StoredImage image, bool full) => full ? image.Id.ToString() : image.Id.Short;
}
