using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Containers;
using Builder.Engine.Containers;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder run</c>: an image's command in a container that is thrown away afterwards.</summary>
internal static class RunCommand
{
    private static readonly Option<bool> Remove = new("--rm") { Description = "Remove the container afterwards, which is what always happens" };
    private static readonly Argument<string> Image = new("image") { Description = "Name or id of an image" };
    private static readonly Argument<string[]> Arguments = new("command") { Description = "What to run instead of the image's CMD", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("run", "Run a command of an image in a throw-away container") { Remove, Image, Arguments };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => RunAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
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
