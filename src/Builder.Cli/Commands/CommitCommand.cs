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
    private static readonly Option<bool> Pause = new("--pause", "-p") { Description = "Let the container stand still meanwhile (default: true)", DefaultValueFactory = _ => true };
    private static readonly Option<bool> NoPause = new("--no-pause") { Description = "Let the container run meanwhile" };
    private static readonly Argument<string> Container = new("container") { Description = "Name or id of a container" };

    public static Command Create()
    {
        var command = new Command("commit", "Make an image of a container's changes") { Author, NewImage.Change, NewImage.Message, Pause, NoPause, Container, NewImage.Name };
        command.SetAction((parsed, _) => ContainerSession.RunAsync([parsed.GetValue(Container)!], (session, token) => CommitAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> CommitAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = NewImage.NameOf(parsed);
        var (manifest, id) = await new ContainerCommit(session.Store, TimeProvider.System).CommitAsync(
            session.Store.Containers.Get(parsed.GetValue(Container)!),
            new CommitRequest
            {
                Author = parsed.GetValue(Author),
                Message = parsed.GetValue(NewImage.Message),
                Changes = parsed.GetValue(NewImage.Change) ?? [],
                Pause = parsed.GetValue(Pause) && !parsed.GetValue(NoPause),
            },
            cancellationToken);
        NewImage.Keep(session, name, manifest, id);
        return 0;
    }
}
