using Builder.Containers;
using Builder.Linux.Processes;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>What a supervisor's own terminal has to do with the container: nothing, when it was started in the background.</summary>
public sealed record ContainerConsole
{
    public OutputReceiver? Output { get; init; }

    /// <summary>Told of limits that the machine does not have, where that was allowed.</summary>
    public Action<string>? Note { get; init; }

    public (int Columns, int Rows)? WindowSize { get; init; }

    /// <summary>The container goes on from its checkpoint, which is used up then.</summary>
    public bool FromCheckpoint { get; init; }

    /// <summary>Called when the program has been started, with the way to its input and to send it signals.</summary>
    public Action<ContainerInput, Action<int>>? Started { get; init; }
}

/// <summary>
/// Runs a container from its start to its end: writes down how it is, keeps what it says, serves those who attach. The container
/// lives as long as the process that does this, and no longer: the kernel sees to that.
/// </summary>
public sealed class ContainerSupervisor(BuilderStore store, IsolationSettings isolation, TimeProvider time)
{
    /// <param name="hold">Is let go of at the end; a container with <c>--rm</c> is gone then.</param>
    /// <exception cref="Diagnostics.BuilderException">The container could not be started.</exception>
    /// <exception cref="OperationCanceledException">After a cancellation, when the container has ended.</exception>
    public async Task<ContainerExit> RunAsync(ContainerHold hold, ContainerConsole console, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hold);
        ArgumentNullException.ThrowIfNull(console);
        var container = hold.Container;
        try
        {
            RemoveRunFolder(container);
            using var files = new StepFiles(container.RunFolder);
            return await RunAsync(hold, files, console, cancellationToken);
        }
        catch (Diagnostics.BuilderException e) when (hold.Container.State.Status != ContainerStatus.Running)
        {
            hold.Write(hold.Container.State with { Error = e.Message, ExitCode = StartFailures.ExitCodeOf(e) });
            throw;
        }
        finally
        {
            if (container.Record.Settings.AutoRemove)
            {
                hold.Remove();
            }
        }
    }

    private async Task<ContainerExit> RunAsync(ContainerHold hold, StepFiles files, ContainerConsole console, CancellationToken cancellationToken)
    {
        var settings = hold.Container.Record.Settings;
        using var input = new ContainerInput(settings.OpenStdin, settings.Tty);
        using var log = new ContainerLog(hold.Container.LogPath, time);
        using var network = await ContainerNetwork.OpenAsync(settings, isolation.PrivateNetwork, Path.Combine(hold.Container.RunFolder, "network"), console.Note);
        var spec = new SpecComposer(store, Freezable(isolation)).Compose(hold.Container, files, network) with
        {
            HasTerminal = settings.Tty,
            TerminalSize = console.WindowSize,
            Stdin = input.ContainersEnd,
        };
        await using var attached = new AttachServer(hold.Container.RunFolder, input);
        void Receive(OutputStream stream, ReadOnlyMemory<byte> bytes)
        {
            log.Write(stream, bytes.Span);
            attached.Send(stream, bytes.Span);
            console.Output?.Invoke(stream, bytes);
        }

        var process = console.FromCheckpoint
            ? await ContainerProcess.RestoreAsync(spec with { BundleFolder = files.MakeFolder("restore") }, hold.Container.CheckpointFolder, Receive, cancellationToken)
            : await ContainerProcess.StartAsync(spec, Receive, cancellationToken);
        ContainerCheckpoint.Remove(hold.Container);
        input.Connect(process.Terminal);
        hold.Write(new ContainerState
        {
            Status = ContainerStatus.Running,
            ProcessId = process.ProcessId,
            ProcessStarted = ProcessHandle.StartOf(process.ProcessId),
            SupervisorId = Environment.ProcessId,
            SupervisorStarted = ProcessHandle.StartOf(Environment.ProcessId),
            StartedAt = time.GetUtcNow(),
            ControlGroup = process.ControlGroup?.Directories,
            Runtime = spec.Runtime?.Name,
            Network = network.Mode.ToString(),
            Ports = network.Ports.Count > 0 ? [.. network.Ports.Select(port => port.ToString())] : null,
        });
        foreach (var note in isolation.ControlGroup.IsNeeded ? process.ControlGroup?.Notes ?? [] : [])
        {
            console.Note?.Invoke(note);
        }

        console.Started?.Invoke(input, process.Signal);
        var exit = await WaitAsync(process, cancellationToken);
        hold.Write(hold.Container.State with
        {
            Status = ContainerStatus.Exited,
            ProcessId = 0,
            FinishedAt = time.GetUtcNow(),
            ExitCode = exit.ExitCode,
            OutOfMemory = exit.MemoryExhausted is not null,
            ControlGroup = null,
            Runtime = null,
            Network = null,
            Ports = null,
        });
        attached.SendExit(exit.ExitCode);
        cancellationToken.ThrowIfCancellationRequested();
        return exit;
    }

    /// <summary>Every container can be paused where that can be had; it is no reason not to run one that it cannot.</summary>
    private static IsolationSettings Freezable(IsolationSettings settings)
    {
        var group = settings.ControlGroup;
        return settings with { ControlGroup = group with { CanFreeze = true, IsBestEffort = group.IsBestEffort || !group.IsNeeded } };
    }

    /// <summary>A cancelled container has an end as any other, which is written down before the cancellation goes on.</summary>
    private static async Task<ContainerExit> WaitAsync(ContainerProcess process, CancellationToken cancellationToken)
    {
        try
        {
            return await process.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return await process.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>What a supervisor that was killed has left.</summary>
    private static void RemoveRunFolder(StoredContainer container)
    {
        if (Directory.Exists(container.RunFolder))
        {
            using var files = new StepFiles(container.RunFolder);
        }
    }
}
