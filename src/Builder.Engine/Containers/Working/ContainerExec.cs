using Builder.Containers;
using Builder.Linux.Files;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>What <c>exec</c> asks for.</summary>
public sealed record ExecRequest
{
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Each <c>NAME=value</c>, added to the container's.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>Null for the container's.</summary>
    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    /// <summary>Every capability that Builder has, and no filter.</summary>
    public bool Privileged { get; init; }
}

/// <summary>Runs one more program in a container, within the same walls.</summary>
public sealed class ContainerExec(IsolationSettings isolation)
{
    /// <summary>Returns when the program has ended.</summary>
    /// <exception cref="Diagnostics.BuilderException">The container does not run, or the program could not be started.</exception>
    public async Task<ContainerExit> RunAsync(StoredContainer container, ExecRequest request, ContainerConsole console, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(console);
        ContainerControl.RequireThawed(container);
        using var first = ContainerControl.FirstProcessOf(container);
        using var input = new ContainerInput(request.OpenStdin, request.Tty);
        var spec = Describe(container, request, first.Id) with
        {
            HasTerminal = request.Tty,
            TerminalSize = console.WindowSize,
            Stdin = input.ContainersEnd,
        };
        var process = await ContainerProcess.JoinAsync(
            spec, new RunningContainer(first, ContainerStates.GroupOf(container)), (stream, bytes) => console.Output?.Invoke(stream, bytes), cancellationToken);
        input.Connect(process.Terminal);
        console.Started?.Invoke(input, process.Signal);
        return await process.WaitAsync(cancellationToken);
    }

    private ContainerSpec Describe(StoredContainer container, ExecRequest request, int firstProcess)
    {
        // As the container sees it now, mounts included.
        using var root = ContainerTree.OpenRunning(container, firstProcess);
        var record = container.Record with { Settings = container.Record.Settings with { Tty = request.Tty } };
        var spec = SpecComposer.Process(record, isolation, request.Command, request.User ?? record.Execution.User, root);
        spec = spec with
        {
            Env = [.. StepEnvironment.Replace(spec.Env, request.Env)],
            WorkingDirectory = request.WorkingDirectory ?? spec.WorkingDirectory,
            TimeLimit = null,
            Runtime = container.State.Runtime is { } runtime ? new OciRuntime(runtime) : null,
            BundleFolder = SpecComposer.BundleOf(container),
            Network = NetworkOf(container),
        };
        return request.Privileged ? spec.WithoutConfinement() : spec;
    }

    /// <summary>Some runtimes want to know again.</summary>
    private static NetworkMode NetworkOf(StoredContainer container) => container.Record.Settings.Network == "none" ? NetworkMode.None : NetworkMode.Host;
}
