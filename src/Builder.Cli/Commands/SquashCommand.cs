using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder squash</c>: one layer of several.</summary>
internal static class SquashCommand
{
    private static readonly Option<string[]> Tag = new("--tag", "-t") { Description = "Name of the new image; may be repeated", HelpName = "name" };
    private static readonly Option<int> Keep = new("--keep") { Description = "How many of the lowest layers stay as they are", HelpName = "n" };
    private static readonly Argument<string> Image = new("image") { Description = "Name or id of an image" };

    public static Command Create()
    {
        var command = new Command("squash", "Make one layer of an image's layers") { Tag, Keep, Image };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => SquashAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> SquashAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var names = (parsed.GetValue(Tag) ?? []).Select(ImageReference.Parse).ToArray();
        var image = new ImageCatalog(session.Store).Get(parsed.GetValue(Image)!);
        var manifest = await new ImageSquasher(session.Store).SquashAsync(image, parsed.GetValue(Keep), cancellationToken);
        if (names.Length == 0)
        {
            session.Store.Names.Keep(manifest);
        }

        foreach (var name in names)
        {
            session.Store.Names.Set(name, manifest);
        }

        Terminal.WriteLine(OciJson.ReadManifest(session.Store.Content.ReadDocument(manifest)).Config.Digest.ToString());
        return 0;
    }
}
