using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Engine.Containers.Working;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder commit</c>: a container's changes become an image.</summary>
internal static class CommitCommand
{
    private static readonly Option<string?> Author = new("--author", "-a") { Description = "The image's author", HelpName = "text" };
    private static readonly Option<string[]> Change = new("--change", "-c") { Description = "A Dockerfile instruction for the image's configuration, such as 'CMD [\"sh\"]'; may be repeated", HelpName = "instruction" };
    private static readonly Option<string?> Message = new("--message", "-m") { Description = "A comment for the image's history", HelpName = "text" };
    private static readonly Option<bool> Pause = new("--pause", "-p") { Description = "Let the container stand still meanwhile (default: true)", DefaultValueFactory = _ => true };
    private static readonly Option<bool> NoPause = new("--no-pause") { Description = "Let the container run meanwhile" };
    private static readonly Argument<string> Container = new("container") { Description = "Name or id of a container" };
    private static readonly Argument<string?> Name = new("name") { Description = "Name of the image", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("commit", "Make an image of a container's changes") { Author, Change, Message, Pause, NoPause, Container, Name };
        command.SetAction((parsed, _) => ContainerSession.RunAsync([parsed.GetValue(Container)!], (session, token) => CommitAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> CommitAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = parsed.GetValue(Name) is { } text ? ImageReference.Parse(text) : null;
        var (manifest, id) = await new ContainerCommit(session.Store, TimeProvider.System).CommitAsync(
            session.Store.Containers.Get(parsed.GetValue(Container)!),
            new CommitRequest
            {
                Author = parsed.GetValue(Author),
                Message = parsed.GetValue(Message),
                Changes = parsed.GetValue(Change) ?? [],
                Pause = parsed.GetValue(Pause) && !parsed.GetValue(NoPause),
            },
            cancellationToken);
        if (name is null)
        {
            session.Store.Names.Keep(manifest);
        }
        else
        {
            session.Store.Names.Set(name, manifest);
        }

        Terminal.WriteLine(id.ToString());
        return 0;
    }
}
