using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Engine.Containers.Working;

namespace Builder.Cli.Commands;

/// <summary><c>builder checkpoint</c> and <c>restore</c>: a running container's processes are written down, and go on later.</summary>
internal static class CheckpointCommand
{
    private static readonly Argument<string[]> Names = EachContainer.Names;
    private static readonly Option<bool> LeaveRunning = new("--leave-running", "-R") { Description = "Let the container go on afterwards" };

    public static Command Create()
    {
        var command = new Command("checkpoint", "Write down the processes of running containers, by criu, and stop them") { LeaveRunning, Names };
        command.SetAction((parsed, _) => EachContainer.RunAsync(parsed.GetValue(Names)!, async (session, container, token) =>
        {
            await new ContainerCheckpoint(session.Store, TimeProvider.System).WriteAsync(container, parsed.GetValue(LeaveRunning), token);
            return EachContainer.AsWritten(parsed.GetValue(Names)!, container);
        }));
        return command;
    }

    public static Command CreateRestore()
    {
        var command = new Command("restore", "Let containers go on from their checkpoints, in the background") { Names };
        command.SetAction((parsed, _) => RestoreAsync(parsed.GetValue(Names)!));
        return command;
    }

    private static async Task<int> RestoreAsync(string[] names)
    {
        var failed = 0;
        var result = await EachContainer.RunAsync(names, async (_, container, token) =>
        {
            ContainerCheckpoint.RequireOne(container);
            if (await Background.StartAsync(container, token, fromCheckpoint: true) is not 0 and var code)
            {
                failed = code;
                return null;
            }

            return EachContainer.AsWritten(names, container);
        });
        return failed != 0 ? failed : result;
    }
}
