using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Containers;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder run</c>: an image's command in a container that is thrown away afterwards.</summary>
internal static class RunCommand
{
    private static readonly Option<bool> Remove = new("--rm") { Description = "Remove the container afterwards, which is what always happens" };
    private static readonly Argument<string> Image = new("image") { Description = "Name or id of an image" };
    private static readonly Argument<string[]> Arguments = new("command") { Description = "What to run instead of the image's CMD", Arity = ArgumentArity.ZeroOrMore };

    private const int NotStarted = 125;
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    public static Command Create()
    {
        var command = new Command("run", "Run a command of an image in a throw-away container") { Remove, Image, Arguments };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => RunAsync(session, parsed, token)));
        return command;
    }

    /// <summary>The command's own status; where there is none, those that Docker reserves for it.</summary>
    private static async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            return await RunCommandAsync(session, parsed, cancellationToken);
        }
        catch (BuilderException e)
        {
            ErrorDisplay.Write(e);
            return e.Code == ContainersErrors.ProgramNotFound ? NotFound : e.Code == ContainersErrors.ProgramNotExecutable ? NotExecutable : NotStarted;
        }
    }

    private static async Task<int> RunCommandAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var image = new ImageCatalog(session.Store).Get(parsed.GetValue(Image)!);
        var exit = await new ThrowawayContainer(session.Store).RunAsync(
            image,
            parsed.GetValue(Arguments) ?? [],
            (stream, bytes) => Terminal.Write(stream == OutputStream.Stderr, bytes.Span),
            cancellationToken);
        return exit.ExitCode;
    }
}
