using System.CommandLine;
using Builder.Archives.Compression;
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
    private static readonly Option<string> Format = new("--format") { Description = "docker (an OCI archive too), docker-old (before version 25), oci, or oci-dir for a folder", DefaultValueFactory = _ => "docker", HelpName = "format" };
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Of images for several platforms, this one only", HelpName = "platform" };
    private static readonly Option<bool> Compress = new("--compress") { Description = "Compress layers that are not compressed yet, with gzip" };
    private static readonly Option<string?> Compression = new("--compression") { Description = "How to compress them: gzip, zstd, estargz or uncompressed", HelpName = "kind" };
    private static readonly Option<int?> CompressionLevel = new("--compression-level") { Description = "1 (fast) to 9 (small); for zstd to 22", HelpName = "n" };
    private static readonly Option<bool> ForceCompression = new("--force-compression") { Description = "Compress layers anew, too, that are compressed already" };
    private static readonly Argument<string[]> Images = new("image") { Description = "Name or id of an image", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("save", "Write images to an archive") { Output, Format, PlatformOption, Compress, Compression, CompressionLevel, ForceCompression, Images };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => SaveAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> SaveAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(Output);
        var request = new SaveRequest(FormatOf(parsed.GetValue(Format)!))
        {
            Platform = parsed.GetValue(PlatformOption) is { } platform ? Platform.Parse(platform) : null,
            Form = new ImageForm { Compression = CompressionOf(parsed), ForceCompression = parsed.GetValue(ForceCompression) },
            Folder = path,
        };
        if (request.Format == SaveFormat.OciFolder && path is null)
        {
            throw new BuilderException(CliErrors.Usage, "--format=oci-dir needs a folder", "name one with -o");
        }

        if (path is null && Terminal.OutputIsTerminal)
        {
            throw new BuilderException(CliErrors.TerminalOutput, "an archive is nothing to look at", "name a file with -o, or send the output somewhere");
        }

        var catalog = new ImageCatalog(session.Store);
        var images = parsed.GetValue(Images)!.Select(text => (catalog.Get(text), NameOf(catalog.Get(text), text))).ToArray();
        await new ImageTransfer(session.Store).SaveAsync(
            images, request, write => OutputFile.Write(path ?? OutputSpec.Stdout, Terminal.OpenOutput, write), cancellationToken);
        return 0;
    }

    private static SaveFormat FormatOf(string text) => text switch
    {
        "docker" or "docker-archive" => SaveFormat.Docker,
        "docker-old" => SaveFormat.DockerOld,
        "oci" or "oci-archive" => SaveFormat.Oci,
        "oci-dir" => SaveFormat.OciFolder,
        var other => throw new BuilderException(CliErrors.Usage, $"unknown format '{other}'", "it is docker, docker-old, oci or oci-dir"),
    };

    private static LayerCompression? CompressionOf(ParseResult parsed)
    {
        var (name, level) = (parsed.GetValue(Compression), parsed.GetValue(CompressionLevel));
        if (name is null && level is null && !parsed.GetValue(Compress))
        {
            return null;
        }

        return LayerCompression.TryParse(name ?? "gzip", level, out var problem)
            ?? throw new BuilderException(CliErrors.Usage, problem!, "it is one of " + string.Join(", ", LayerCompression.Names));
    }

    /// <summary>The name that was asked for, if it was a name and not an id.</summary>
    private static ImageReference? NameOf(StoredImage image, string text) =>
        ImageReference.TryParse(text, out var reference) && image.Names.Contains(reference) ? reference : null;
}
