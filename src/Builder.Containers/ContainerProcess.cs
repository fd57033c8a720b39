using Builder.Containers.Launch;

namespace Builder.Containers;

/// <summary>A container that runs: process 1 of its own pid namespace.</summary>
public sealed class ContainerProcess
{
    private readonly ContainerThread thread;

    private ContainerProcess(ContainerThread thread, int processId) => (this.thread, ProcessId) = (thread, processId);

    /// <summary>The first process, as the host counts.</summary>
    public int ProcessId { get; }

    /// <summary>What is typed for the container, and the size of its window; null without a terminal. Not to be used after the end.</summary>
    public Linux.Processes.PseudoTerminal? Terminal => thread.Terminal;

    /// <summary>Its control group; null when it has none. It is gone with the container.</summary>
    public Linux.ControlGroups.ControlGroup? ControlGroup => thread.Group;

    /// <summary>Starts a container and waits for its end; the same as <see cref="StartAsync"/> followed by <see cref="WaitAsync"/>.</summary>
    /// <exception cref="Diagnostics.BuilderException">The program could not be started; see <see cref="ContainersErrors"/>.</exception>
    /// <exception cref="OperationCanceledException">After a cancellation, when every process of the container is gone.</exception>
    public static async Task<ContainerExit> RunAsync(ContainerSpec spec, OutputReceiver output, CancellationToken cancellationToken)
    {
        var container = await StartAsync(spec, output, cancellationToken);
        return await container.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Ends when the program of the container has been executed, or throws what kept it from that. The container does
    /// not outlive this process, however that ends.
    /// </summary>
    public static async Task<ContainerProcess> StartAsync(ContainerSpec spec, OutputReceiver output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(output);
        var thread = new ContainerThread(spec, null, output, cancellationToken);
        return new ContainerProcess(thread, await thread.Started);
    }

    /// <summary>The same for a container whose processes were written to a folder, and go on from there; see <see cref="Checkpoints.CriuProgram"/>.</summary>
    /// <param name="spec">As it was started with. <see cref="ContainerSpec.BundleFolder"/> is an empty folder of the caller's.</param>
    /// <exception cref="Diagnostics.BuilderException"><see cref="ContainersErrors.Checkpoint"/>.</exception>
    public static async Task<ContainerProcess> RestoreAsync(ContainerSpec spec, string checkpoint, OutputReceiver output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(output);
        var thread = new ContainerThread(spec, null, output, cancellationToken, checkpoint);
        return new ContainerProcess(thread, await thread.Started);
    }

    /// <summary>
    /// Starts one more process in a container that runs, with the same walls: of the spec, what belongs to a process and not to
    /// the container (its program, user, capabilities, filter, limits and streams). For a program that holds nothing else in
    /// its memory: until the process has its own, it has a copy of that.
    /// </summary>
    public static async Task<ContainerProcess> JoinAsync(ContainerSpec spec, RunningContainer container, OutputReceiver output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(output);
        var thread = new ContainerThread(spec, container, output, cancellationToken);
        return new ContainerProcess(thread, await thread.Started);
    }

    /// <summary>
    /// Ends when every process of the container is gone and all its output was delivered; throws what the receiver of
    /// the output threw. A cancellation stops the container (SIGTERM if its first process listens to that,
    /// <see cref="ContainerSpec.StopGrace"/>, SIGKILL) and throws after that.
    /// </summary>
    public async Task<ContainerExit> WaitAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => thread.Stop(), null);
        var exit = await thread.Ended;
        cancellationToken.ThrowIfCancellationRequested();
        return exit;
    }

    /// <summary>Sends a signal to the first process; does nothing when it has ended.</summary>
    public void Signal(int signal) => thread.Signal(signal);
}
