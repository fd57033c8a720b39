using Builder.Containers;
using Builder.Diagnostics;
using Builder.Linux.ControlGroups;
using Builder.Linux.Processes;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>What can be done to a container from outside: signals, the end, the removal.</summary>
public sealed class ContainerControl(BuilderStore store, TimeProvider time)
{
    private const int DefaultStopTimeout = 10;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>Takes a container to run or change it.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.ContainerState"/>: somebody runs it.</exception>
    public async Task<ContainerHold> HoldAsync(StoredContainer container, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);

        // A look at the container takes its lock for a moment, too.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (store.Containers.TryHold(container) is { } hold)
            {
                return hold;
            }

            if ((store.Containers.Refresh(container) ?? throw Gone(container)).IsRunning)
            {
                break;
            }

            await Task.Delay(LookAgain, time, cancellationToken);
        }

        throw new BuilderException(EngineErrors.ContainerState, $"the container {container.Name} is running", $"stop it first: builder stop {container.Name}");
    }

    /// <exception cref="BuilderException"><see cref="ContainersErrors.NotRunning"/>.</exception>
    public static ProcessHandle FirstProcessOf(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return (container.IsRunning ? ProcessHandle.Find(container.State.ProcessId, container.State.ProcessStarted) : null) ?? throw NotRunning(container);
    }

    public static void Signal(StoredContainer container, int signal)
    {
        using var process = FirstProcessOf(container);
        if (!process.Signal(signal))
        {
            throw NotRunning(container);
        }

        if (signal == Signals.Kill)
        {
            // The freezer of old control groups keeps even this from a process.
            Thaw(container);
        }
    }

    /// <summary>Asks the container to end, and ends it when it has not done so in time. One that does not run is left as it is.</summary>
    /// <param name="seconds">How long to wait; negative for ever; null for the container's own time.</param>
    public async Task StopAsync(StoredContainer container, int? signal, int? seconds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (!container.IsRunning || ProcessHandle.Find(container.State.ProcessId, container.State.ProcessStarted) is not { } process)
        {
            return;
        }

        using (process)
        {
            var patience = seconds ?? container.Record.Settings.StopTimeout ?? DefaultStopTimeout;
            var asked = signal ?? (container.Record.Execution.StopSignal is { Length: > 0 } own ? Signals.Parse(own) : null) ?? Signals.Terminate;
            process.Signal(asked);
            Thaw(container);
            if (!await EndsAsync(process, patience, cancellationToken))
            {
                process.Signal(Signals.Kill);
            }
        }

        await WaitAsync(container, cancellationToken);
    }

    /// <summary>Waits until the container does not run.</summary>
    /// <returns>Its exit code; that of a container that is removed at its end may be lost.</returns>
    public async Task<int> WaitAsync(StoredContainer container, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (container.IsRunning)
        {
            await Task.Run(() => ContainerStore.WaitUntilFree(container), CancellationToken.None).WaitAsync(cancellationToken);
        }

        return (store.Containers.Refresh(container) ?? container).State.ExitCode;
    }

    /// <param name="force">One that runs is killed first.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.ContainerState"/>: it runs.</exception>
    public async Task RemoveAsync(StoredContainer container, bool force, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (container.IsRunning)
        {
            if (!force)
            {
                throw new BuilderException(EngineErrors.ContainerState, $"the container {container.Name} is running", $"stop it first, or use 'builder rm -f {container.Name}'");
            }

            await StopAsync(container, Signals.Kill, seconds: -1, cancellationToken);
            if (container.Record.Settings.AutoRemove)
            {
                return;
            }
        }

        using var hold = await HoldAsync(container, cancellationToken);
        hold.Remove();
    }

    /// <summary>Every process of the container stands still until it is told to go on.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.ContainerState"/>.</exception>
    public static void Pause(StoredContainer container)
    {
        RequireThawed(container);
        using var process = FirstProcessOf(container);
        (ContainerStates.GroupOf(container) ?? throw NoGroup(container)).Freeze();
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.ContainerState"/>: it does not stand still.</exception>
    public static void Unpause(StoredContainer container)
    {
        using var process = FirstProcessOf(container);
        if (!ContainerStates.IsPaused(container))
        {
            throw new BuilderException(EngineErrors.ContainerState, $"the container {container.Name} is not paused");
        }

        (ContainerStates.GroupOf(container) ?? throw NoGroup(container)).Thaw();
    }

    /// <summary>
    /// Makes a container that runs stand still until the result is disposed; null where it does so anyway. One that cannot be
    /// frozen runs on, and the user is told what that means.
    /// </summary>
    internal static IDisposable? Standstill(BuilderStore store, StoredContainer container)
    {
        if (!container.IsRunning || ContainerStates.IsPaused(container))
        {
            return null;
        }

        try
        {
            var group = ContainerStates.GroupOf(container) ?? throw NoGroup(container);
            group.Freeze();
            return new Thawing(group);
        }
        catch (BuilderException e)
        {
            store.Warn($"the container {container.Name} runs on while its files are read, and what it writes meanwhile may be in them half: {e.Message}");
            return null;
        }
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.ContainerState"/>.</exception>
    internal static void RequireThawed(StoredContainer container)
    {
        if (ContainerStates.IsPaused(container))
        {
            throw new BuilderException(EngineErrors.ContainerState, $"the container {container.Name} is paused", $"let it go on first: builder unpause {container.Name}");
        }
    }

    private static void Thaw(StoredContainer container)
    {
        if (ContainerStates.IsPaused(container))
        {
            ContainerStates.GroupOf(container)?.Thaw();
        }
    }

    private static BuilderException NoGroup(StoredContainer container) => new(
        EngineErrors.ContainerState,
        $"the container {container.Name} cannot be paused: it has no control group",
        "an ordinary user has groups where they are delegated to him, as systemd does with Delegate=yes");

    private sealed class Thawing(ControlGroup group) : IDisposable
    {
        public void Dispose() => group.Thaw();
    }

    private static Task<bool> EndsAsync(ProcessHandle process, int seconds, CancellationToken cancellationToken) =>
        Task.Run(() => process.WaitForEnd(seconds < 0 ? null : TimeSpan.FromSeconds(seconds)), CancellationToken.None).WaitAsync(cancellationToken);

    private static BuilderException NotRunning(StoredContainer container) =>
        new(ContainersErrors.NotRunning, $"the container {container.Name} does not run", $"'builder start {container.Name}' starts it");

    private static BuilderException Gone(StoredContainer container) => new(StorageErrors.NoSuchContainer, $"the container {container.Name} has been removed");
}
