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
            session.Store.Names.Set(ImageReference.Parse(parsed.GetValue(Target)!), image.Target);
            return Task.FromResult(0);
        }));
        return command;
    }
}
