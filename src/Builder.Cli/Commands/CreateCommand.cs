using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Engine.Containers.Working;
using Builder.Storage.Containers;

namespace Builder.Cli.Commands;

/// <summary><c>builder create</c>: a new container of an image that is not started.</summary>
internal static class CreateCommand
{
    private static readonly ContainerFlags Flags = new();
    private static readonly Option<string?> IdFile = new("--cidfile") { Description = "Write the container's id to this file", HelpName = "file" };

    public static Command Create()
    {
        var command = new Command("create", "Make a container without starting it") { IdFile };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => ContainerSession.RunAsync([], (session, token) => CreateAsync(session, parsed, token)));
        return command;
    }

    /// <summary>For scripts that want to know before the container ends.</summary>
    public static void WriteId(string? path, StoredContainer container)
    {
        if (path is not null)
        {
            File.WriteAllText(path, container.Id);
        }
    }

    private static async Task<int> CreateAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        await ImagePulls.RequireAsync(session, Flags.ImageOf(parsed), Flags.PullOf(parsed), cancellationToken);
        var container = await new ContainerCreator(session.Store, TimeProvider.System).CreateAsync(Flags.RequestOf(parsed), cancellationToken);
        WriteId(parsed.GetValue(IdFile), container);
        Terminal.WriteLine(container.Id);
        return 0;
    }
}
