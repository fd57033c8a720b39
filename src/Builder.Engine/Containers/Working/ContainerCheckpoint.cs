using Builder.Containers;
using Builder.Containers.Checkpoints;
using Builder.Diagnostics;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>Writes the processes of a container to its folder, from where they go on later, or elsewhere (spec/containers.md).</summary>
public sealed class ContainerCheckpoint(BuilderStore store, TimeProvider time)
{
    /// <summary>Returns when all is written and the container has ended, or goes on.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.ContainerState"/>, <see cref="ContainersErrors.Checkpoint"/>.</exception>
    public async Task WriteAsync(StoredContainer container, bool leaveRunning, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        ContainerControl.RequireThawed(container);
        Require(container, leaveRunning);
        using (var first = ContainerControl.FirstProcessOf(container))
        {
            Remove(container);
            Directory.CreateDirectory(container.CheckpointFolder);
            try
            {
                CriuProgram.Dump(first.Id, container.CheckpointFolder, leaveRunning, container.State.Network == nameof(NetworkMode.Private));
            }
            catch
            {
                Remove(container);
                throw;
            }
        }

        if (!leaveRunning)
        {
            await new ContainerControl(store, time).WaitAsync(container, cancellationToken);
        }
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.ContainerState"/>: there is none.</exception>
    public static void RequireOne(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (!Directory.Exists(container.CheckpointFolder))
        {
            throw new BuilderException(EngineErrors.ContainerState, $"the container {container.Name} has no checkpoint", $"'builder checkpoint {container.Name}' writes one while it runs");
        }
    }

    internal static void Remove(StoredContainer container)
    {
        if (Directory.Exists(container.CheckpointFolder))
        {
            using var files = new StepFiles(container.CheckpointFolder);
        }
    }

    private static void Require(StoredContainer container, bool leaveRunning)
    {
        var (settings, state) = (container.Record.Settings, container.State);
        var why = settings.Tty ? "it has a terminal"
            : state.Runtime is { } runtime ? $"{runtime} runs it, and not Builder"
            : settings.AutoRemove && !leaveRunning ? "it is removed when it ends (--rm)"
            : null;
        if (why is not null)
        {
            throw new BuilderException(EngineErrors.ContainerState, $"the container {container.Name} cannot be written to a checkpoint: {why}");
        }
    }
}
