using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Engine.Exporters;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder export</c>: the files of a container or an image as one tar.</summary>
internal static class ExportCommand
{
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file to write (default: standard output)", HelpName = "path" };
    private static readonly Argument<string> Image = new("image") { Description = "Name or id of a container or an image" };

    public static Command Create()
    {
        var command = new Command("export", "Write the files of a container or an image to a tar") { Output, Image };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => ExportAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> ExportAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(Output);
        if (path is null && Terminal.OutputIsTerminal)
        {
            throw new BuilderException(CliErrors.TerminalOutput, "an archive is nothing to look at", "name a file with -o, or send the output somewhere");
        }

        if (session.Store.Containers.Find(parsed.GetValue(Image)!) is { } container)
        {
            using var files = ContainerTree.OpenView(session.Store, container);
            OutputFile.Write(path ?? OutputSpec.Stdout, Terminal.OpenOutput, stream => TreeCopy.WriteTar(files, "/.", followLink: false, stream, cancellationToken));
            return 0;
        }

        var image = new ImageCatalog(session.Store).Get(parsed.GetValue(Image)!);
        await new ImageExport(session.Store).WriteAsync(
            image,
            write =>
            {
                OutputFile.Write(path ?? OutputSpec.Stdout, Terminal.OpenOutput, write);
                return Task.CompletedTask;
            },
            cancellationToken);
        return 0;
    }
}
