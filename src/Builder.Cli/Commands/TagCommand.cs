using System.CommandLine;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder tag</c>: one more name for an image.</summary>
internal static class TagCommand
{
    private static readonly Argument<string> Source = new("source") { Description = "Name or id of an image" };
    private static readonly Argument<string> Target = new("target") { Description = "The new name, as name[:tag]" };

    public static Command Create()
    {
        var command = new Command("tag", "Give an image one more name") { Source, Target };
        command.SetAction((parsed, _) => Session.RunAsync((session, _) =>
        {
            var image = new ImageCatalog(session.Store).Get(parsed.GetValue(Source)!);
            var target = ImageReference.Parse(parsed.GetValue(Target)!);

            // The repository that it was pulled from knows it by the same digest, whatever the tag; another may not know it at all.
            var twin = image.Names.FirstOrDefault(name => name.Repository == target.Repository);
            session.Store.Names.Set(target, image.Target, twin is null ? null : image.RepositoryDigest(twin));
            return Task.FromResult(0);
        }));
        return command;
    }
}
