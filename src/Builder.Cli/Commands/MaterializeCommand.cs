using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder materialize</c>: writes promised layers as blobs, so that other tools can read the store in place.</summary>
internal static class MaterializeCommand
{
    private static readonly Option<bool> All = new("--all", "-a") { Description = "Every image" };
    private static readonly Argument<string[]> Images = new("image") { Description = "Name or id of an image", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("materialize", "Write promised layers as blobs, for other tools to read the store in place") { All, Images };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => Task.FromResult(Write(session, parsed, token))));
        return command;
    }

    private static int Write(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var names = parsed.GetValue(Images) ?? [];
        if (names.Length == 0 && !parsed.GetValue(All))
        {
            throw new BuilderException(CliErrors.Usage, "no image given", "name images, or write --all");
        }

        var catalog = new ImageCatalog(session.Store);
        var materializer = new ImageMaterializer(session.Store);
        foreach (var image in parsed.GetValue(All) ? catalog.List() : [.. names.Select(catalog.Get)])
        {
            var written = materializer.Write(image.Target, cancellationToken);
            session.Store.Names.RefreshIndex(image.Names);
            Terminal.WriteLine($"{(image.Names.Count > 0 ? image.Names[0].Familiar : image.Id.ToString())}: {written.Layers} layers written ({Sizes.Format(written.Bytes)})");
        }

        return 0;
    }
}
