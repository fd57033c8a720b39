using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Engine.Containers.Working;

namespace Builder.Cli.Commands;

/// <summary><c>builder pause</c> and <c>unpause</c>: every process of a container stands still, and goes on.</summary>
internal static class PauseCommand
{
    private static readonly Argument<string[]> Names = EachContainer.Names;

    public static Command Create() => Create("pause", "Let containers stand still", ContainerControl.Pause);

    public static Command CreateUnpause() => Create("unpause", "Let containers that stand still go on", ContainerControl.Unpause);

    private static Command Create(string verb, string description, Action<Storage.Containers.StoredContainer> act)
    {
        var command = new Command(verb, description) { Names };
        command.SetAction((parsed, _) => EachContainer.RunAsync(parsed.GetValue(Names)!, (_, container, _) =>
        {
            act(container);
            return Task.FromResult<string?>(EachContainer.AsWritten(parsed.GetValue(Names)!, container));
        }));
        return command;
    }
}
