using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder images</c>: Docker's table of what is in the store.</summary>
internal static class ImagesCommand
{
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print image ids only" };
    private static readonly Option<bool> NoTrunc = new("--no-trunc") { Description = "Print image ids in full" };

    public static Command Create()
    {
        var command = new Command("images", "List images") { Quiet, NoTrunc };
        command.SetAction((parsed, _) => Session.RunAsync((session, _) => Task.FromResult(List(session, parsed))));
        return command;
    }

    private static int List(Session session, ParseResult parsed)
    {
        var images = new ImageCatalog(session.Store).List();
        string IdOf(StoredImage image) => parsed.GetValue(NoTrunc) ? image.Id.ToString() : image.Id.Short;
        if (parsed.GetValue(Quiet))
        {
            foreach (var id in images.Select(IdOf).Distinct())
            {
                Terminal.WriteLine(id);
            }

            return 0;
        }

        var now = TimeProvider.System.GetUtcNow();
        var rows =
            from image in images
            from name in image.Names.DefaultIfEmpty()
            select (string[])
            [
                name is null ? "<none>" : (name with { Tag = null, Digest = null }).Familiar,
                name?.Tag ?? "<none>",
                IdOf(image),
                Ages.Format(image.Config.Created, now),
                Sizes.Format(image.Size),
            ];
        Table.Write(["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"], rows);
        return 0;
    }
}
