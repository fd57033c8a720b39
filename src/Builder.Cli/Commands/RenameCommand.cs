using System.CommandLine;
using Builder.Engine.Containers.Working;

namespace Builder.Cli.Commands;

/// <summary><c>builder rename</c>: another name for a container.</summary>
internal static class RenameCommand
{
    private static readonly Argument<string> Container = new("container") { Description = "Name or id of a container" };
    private static readonly Argument<string> Name = new("name") { Description = "The new name" };

    public static Command Create()
    {
        var command = new Command("rename", "Give a container another name") { Container, Name };
        command.SetAction((parsed, _) => Session.RunAsync((session, _) =>
        {
            session.Store.Containers.Rename(session.Store.Containers.Get(parsed.GetValue(Container)!), ContainerCreator.CheckName(parsed.GetValue(Name)!));
            return Task.FromResult(0);
        }));
        return command;
    }
}
