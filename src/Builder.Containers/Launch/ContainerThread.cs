using Builder.Linux.Processes;

namespace Builder.Containers.Launch;

/// <summary>
/// The thread that launches one container, passes its output on, and waits for its end. It is a thread of its own and
/// not of a pool because the kernel kills the container when the <em>thread</em> that launched it ends.
/// </summary>
internal sealed class ContainerThread
{
    private readonly ContainerSpec spec;
    private readonly ProcessHandle? joined;
    private readonly OutputReceiver output;
    private readonly CancellationToken launchCancellation;
    private readonly TaskCompletionSource<int> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ContainerExit> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private ChildProcess? running;
    private Pipe? stopRequests;

    /// <param name="joined">The first process of a container that the new one is to join; null for a container of its own.</param>
    public ContainerThread(ContainerSpec spec, ProcessHandle? joined, OutputReceiver output, CancellationToken launchCancellation)
    {
        this.joined = joined;
        this.spec = spec;
        this.output = output;
        this.launchCancellation = launchCancellation;
        new Thread(Run) { IsBackground = true, Name = "container" }.Start();
    }

    /// <summary>The process id, once the program was executed.</summary>
    public Task<int> Started => started.Task;

    public Task<ContainerExit> Ended => ended.Task;

    /// <summary>The container's terminal, once it was started; this thread's until the end.</summary>
    public PseudoTerminal? Terminal { get; private set; }

    /// <summary>Asks the container to end, and makes it end after the grace period.</summary>
    public void Stop()
    {
        lock (gate)
        {
            if (stopRequests is not null)
            {
                Descriptors.Signal(stopRequests.Writer);
            }
        }
    }

    public void Signal(int signal)
    {
        lock (gate)
        {
            running?.Signal(signal);
        }
    }

#pragma warning disable CA1031 // Whatever goes wrong on this thread is thrown where its result is awaited.
    private void Run()
    {
        ContainerExit exit;
        try
        {
            using var pipes = new ContainerPipes(spec.HasTerminal ? new TerminalHandover { Size = spec.TerminalSize } : null);
            using var child = Launch(pipes);
            using var stop = Pipe.Create(nonBlocking: true);
            lock (gate)
            {
                (running, stopRequests) = (child, stop);
            }

            Terminal = pipes.Terminal?.Terminal;
            started.SetResult(child.Id);
            exit = LookAfter(child, pipes, stop);
        }
        catch (Exception exception)
        {
            if (!started.TrySetException(exception))
            {
                ended.SetException(exception);
            }

            return;
        }

        ended.SetResult(exit);
    }
#pragma warning restore CA1031

    private ChildProcess Launch(ContainerPipes pipes)
    {
        using ILaunchScript script = joined is null
            ? ContainerScript.For(spec, HostFeatures.Current, pipes)
            : JoinScript.For(spec, joined, HostFeatures.Current, pipes);
        var child = script.Launch(launchCancellation);
        pipes.CloseChildsEnds();
        return child;
    }

    private ContainerExit LookAfter(ChildProcess child, ContainerPipes pipes, Pipe stop)
    {
        try
        {
            new OutputPump(pipes, output).RunUntilEnd(child, new StopPlan(child, stop.Reader, spec.StopGrace));
        }
        finally
        {
            // Nobody may signal a process id that is about to be free, and no exception may leave processes behind.
            child.Signal(Signals.Kill);
            lock (gate)
            {
                (running, stopRequests) = (null, null);
            }
        }

        var status = child.Wait();
        return new ContainerExit(status.Code, status.Signal);
    }
}
