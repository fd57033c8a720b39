using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary>What the commands have in common that make an image without a Dockerfile: <c>commit</c> and <c>import</c>.</summary>
internal static class NewImage
{
    public static readonly Option<string[]> Change = new("--change", "-c") { Description = "A Dockerfile instruction for the image's configuration, such as 'CMD [\"sh\"]'; may be repeated", HelpName = "instruction" };
    public static readonly Option<string?> Message = new("--message", "-m") { Description = "A comment for the image's history", HelpName = "text" };
    public static readonly Argument<string?> Name = new("name") { Description = "Name of the image", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The name asked for, looked at before any work is done.</summary>
    public static ImageReference? NameOf(ParseResult parsed) => parsed.GetValue(Name) is { } text ? ImageReference.Parse(text) : null;

    /// <summary>Keeps the image, under its name if it has one, and prints its id.</summary>
    public static void Keep(Session session, ImageReference? name, Descriptor manifest, Digest id)
    {
        if (name is null)
        {
            session.Store.Names.Keep(manifest);
        }
        else
        {
            session.Store.Names.Set(name, manifest);
        }

        Terminal.WriteLine(id.ToString());
    }
}
