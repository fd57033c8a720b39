using System.CommandLine;
using Builder.Archives.Images;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Exporters;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder save</c>: images of the store as an archive that every tool loads.</summary>
internal static class SaveCommand
{
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file to write (default: standard output)", HelpName = "path" };
    private static readonly Option<string> Format = new("--format") { Description = "docker (an OCI archive too) or oci", DefaultValueFactory = _ => "docker", HelpName = "format" };
    private static readonly Argument<string[]> Images = new("image") { Description = "Name or id of an image", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("save", "Write images to an archive") { Output, Format, Images };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => Task.FromResult(Save(session, parsed, token))));
        return command;
    }

    private static int Save(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var format = parsed.GetValue(Format) switch
        {
            "docker" => ImageArchiveFormat.DockerAndOci,
            "oci" => ImageArchiveFormat.OciOnly,
            var other => throw new BuilderException(CliErrors.Usage, $"unknown format '{other}'", "it is docker or oci"),
        };
        var path = parsed.GetValue(Output);
        if (path is null && Terminal.OutputIsTerminal)
        {
            throw new BuilderException(CliErrors.TerminalOutput, "an archive is nothing to look at", "name a file with -o, or send the output somewhere");
        }

        var catalog = new ImageCatalog(session.Store);
        var images = parsed.GetValue(Images)!.Select(text => (catalog.Get(text), NameOf(catalog.Get(text), text))).ToArray();
        var transfer = new ImageTransfer(session.Store);
        OutputFile.Write(path ?? OutputSpec.Stdout, Terminal.OpenOutput, stream => transfer.Save(images, stream, format, cancellationToken));
        return 0;
    }

    /// <summary>The name that was asked for, if it was a name and not an id.</summary>
    private static ImageReference? NameOf(StoredImage image, string text) =>
        ImageReference.TryParse(text, out var reference) && image.Names.Contains(reference) ? reference : null;
}
