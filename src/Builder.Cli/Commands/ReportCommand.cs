using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Cli.Reports;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder report IMAGE</c>: a page for the browser about an image and the build that made it.</summary>
internal static class ReportCommand
{
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file to write (default: standard output)", HelpName = "path" };
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Which image of an index, as os/arch[/variant] (default: all of them)", HelpName = "platform" };
    private static readonly Argument<string> Image = new("image") { Description = "Name or id of an image" };

    public static Command Create()
    {
        var command = new Command("report", "Make a page for the browser about an image: build graph, timings, cache, layers, packages") { Output, PlatformOption, Image };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => Task.FromResult(Run(session, parsed, token))));
        return command;
    }

    private static int Run(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = parsed.GetValue(Output);
        if (output is null or "-" && Terminal.OutputIsTerminal)
        {
            throw new BuilderException(CliErrors.TerminalOutput, "a page of HTML is nothing for a terminal", "write it to a file: builder report -o report.html IMAGE");
        }

        var name = parsed.GetValue(Image)!;
        var catalog = new ImageCatalog(session.Store);
        IReadOnlyList<StoredImage> images = parsed.GetValue(PlatformOption) is { } platform ? [catalog.Get(name, Platform.Parse(platform))] : catalog.Platforms(catalog.Get(name));
        var report = ReportFile.OfImage(session.Store, name, images, cancellationToken);
        if (output is null or "-")
        {
            Terminal.WriteText(ReportPage.Write(report));
        }
        else
        {
            ReportFile.Write(output, report);
        }

        return 0;
    }
}
