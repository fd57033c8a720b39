using Builder.Linux;

namespace Builder.Containers;

/// <summary>A container that runs: process 1 of its own pid namespace.</summary>
public sealed class ContainerProcess
{
    private ContainerProcess(int processId) => ProcessId = processId;

    /// <summary>The first process, as the host counts.</summary>
    public int ProcessId { get; }

    /// <summary>Starts a container and waits for its end; the same as <see cref="StartAsync"/> followed by <see cref="WaitAsync"/>.</summary>
    public static Task<ContainerExit> RunAsync(ContainerSpec spec, OutputReceiver output, CancellationToken cancellationToken) =>
        throw new PlatformNotSupportedException();

    /// <summary>Ends when the program of the container has been executed, or throws what kept it from that.</summary>
    public static Task<ContainerProcess> StartAsync(ContainerSpec spec, OutputReceiver output, CancellationToken cancellationToken) =>
        throw new PlatformNotSupportedException();

    /// <summary>
    /// Ends when every process of the container is gone and all its output was delivered. A cancellation stops the
    /// container (SIGTERM, <see cref="ContainerSpec.StopGrace"/>, SIGKILL) and throws after that.
    /// </summary>
    public Task<ContainerExit> WaitAsync(CancellationToken cancellationToken) => throw new PlatformNotSupportedException($"{ProcessId}");

    /// <summary>Sends a signal to the first process; does nothing when it has ended.</summary>
    public void Signal(int signal) => throw new PlatformNotSupportedException($"{ProcessId}");
}
