using Builder.Containers.Checkpoints;
using Builder.Containers.Runtimes;
using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;

namespace Builder.Containers.Launch;

/// <summary>
/// The thread that launches one container, passes its output on, and waits for its end. It is a thread of its own and
/// not of a pool because the kernel kills the container when the <em>thread</em> that launched it ends.
/// </summary>
internal sealed class ContainerThread
{
    private readonly ContainerSpec spec;
    private readonly RunningContainer? joined;
    private readonly OutputReceiver output;
    private readonly RuntimeBundle? bundle;
    private readonly string? checkpoint;
    private readonly CancellationToken launchCancellation;
    private readonly TaskCompletionSource<int> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ContainerExit> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private ChildProcess? running;
    private Pipe? stopRequests;

    /// <param name="joined">The container that the process is to join; null for one of its own.</param>
    /// <param name="checkpoint">The folder that the processes are made of; null for a new one.</param>
    public ContainerThread(ContainerSpec spec, RunningContainer? joined, OutputReceiver output, CancellationToken launchCancellation, string? checkpoint = null)
    {
        this.checkpoint = checkpoint;
        this.joined = joined;
        this.spec = spec;
        this.output = output;
        this.launchCancellation = launchCancellation;
        bundle = BundleOf(spec, joined is not null);
        new Thread(Run) { IsBackground = true, Name = "container" }.Start();
    }

    /// <summary>The process id, once the program was executed.</summary>
    public Task<int> Started => started.Task;

    public Task<ContainerExit> Ended => ended.Task;

    /// <summary>The container's terminal, once it was started; this thread's until the end.</summary>
    public PseudoTerminal? Terminal { get; private set; }

    /// <summary>The container's control group, once it was started; null when it has none.</summary>
    public ControlGroup? Group { get; private set; }

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
            using var group = joined is null && (spec.ControlGroup.IsNeeded || !spec.Namespaces.HasFlag(Namespaces.Pid)) ? ControlGroup.Create(GroupOf(spec)) : null;
            using var child = Launch(pipes, group);
            using var stop = Pipe.Create(nonBlocking: true);
            lock (gate)
            {
                (running, stopRequests) = (child, stop);
            }

            Terminal = pipes.Terminal?.Terminal;
            Group = group;
            started.SetResult(child.Id);
            exit = LookAfter(child, pipes, stop, group);
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

    private static RuntimeBundle? BundleOf(ContainerSpec spec, bool joins)
    {
        if (spec.Runtime is null)
        {
            return null;
        }

        var first = new RuntimeBundle(spec.BundleFolder ?? throw new ArgumentException("a runtime needs a folder for its bundle", nameof(spec)));
        return joins ? first.ForProcess() : first;
    }

    /// <summary>Without a pid namespace nothing but a group holds the processes together.</summary>
    private static ControlGroupRequest GroupOf(ContainerSpec spec) =>
        spec.Namespaces.HasFlag(Namespaces.Pid) ? spec.ControlGroup : spec.ControlGroup with { CanFreeze = true };

    private ChildProcess Launch(ContainerPipes pipes, ControlGroup? group)
    {
        using var script = ScriptFor(pipes, group);
        var child = script.Launch(launchCancellation);
        pipes.CloseChildsEnds();
        if (bundle is not null)
        {
            new RuntimeStart(spec, bundle, child, launchCancellation).Await(() => new OutputPump(pipes, output).PassOnWhatIsThere());
        }

        return child;
    }

    private ILaunchScript ScriptFor(ContainerPipes pipes, ControlGroup? group) => (bundle, joined) switch
    {
        (null, null) when checkpoint is not null => RestoreScript.For(spec, checkpoint, HostFeatures.Current, pipes, group),
        (null, null) => ContainerScript.For(spec, HostFeatures.Current, pipes, group),
        (null, not null) => JoinScript.For(spec, joined, HostFeatures.Current, pipes),
        (not null, null) => RuntimeScript.For(spec, bundle, HostFeatures.Current, pipes, group),
        _ => RuntimeJoinScript.For(spec, bundle, joined, HostFeatures.Current, pipes),
    };

    private ContainerExit LookAfter(ChildProcess child, ContainerPipes pipes, Pipe stop, ControlGroup? group)
    {
        var plan = new StopPlan(child, stop.Reader, spec.StopGrace, spec.TimeLimit, passesSignalsOn: spec.HasInit || bundle is not null);
        try
        {
            new OutputPump(pipes, output).RunUntilEnd(child, plan);
        }
        finally
        {
            if (!spec.Namespaces.HasFlag(Namespaces.Pid))
            {
                group?.Kill();
            }

            // Nobody may signal a process id that is about to be free, and no exception may leave processes behind.
            child.Signal(Signals.Kill);
            lock (gate)
            {
                (running, stopRequests) = (null, null);
            }
        }

        var status = child.Wait();
        if (status.Code != 0 && bundle?.Failure(spec) is { } failure)
        {
            throw failure;
        }

        return ExitReport.Of(status, group) with { TimedOut = plan.TimedOut };
    }
}
