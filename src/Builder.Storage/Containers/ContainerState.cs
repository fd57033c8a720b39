using System.Text.Json.Serialization;

namespace Builder.Storage.Containers;

/// <summary>Where a container is in its life.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ContainerStatus>))]
public enum ContainerStatus
{
    Created,
    Running,
    Exited,
}

/// <summary>
/// How a container is (<c>containers/&lt;id&gt;/state.json</c>). Written only by who holds the container alone: its supervisor while it
/// runs. So <see cref="ContainerStatus.Running"/> is true only while somebody holds it.
/// </summary>
public sealed record ContainerState
{
    public ContainerStatus Status { get; init; }

    /// <summary>The first process, and when it was started in the kernel's ticks since boot; 0 while there is none.</summary>
    public int ProcessId { get; init; }

    public ulong ProcessStarted { get; init; }

    /// <summary>The process that looks after it.</summary>
    public int SupervisorId { get; init; }

    public ulong SupervisorStarted { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int ExitCode { get; init; }

    /// <summary>What kept it from starting, or ended it against its will.</summary>
    public string? Error { get; init; }

    /// <summary>The kernel ended it for want of memory.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>The directories of its control group by controller; null without one. Whoever freezes or joins it needs to know.</summary>
    public IReadOnlyDictionary<string, string>? ControlGroup { get; init; }

    /// <summary>The OCI runtime that runs it; null for Builder itself. The first process is the runtime's then.</summary>
    public string? Runtime { get; init; }

    /// <summary>The kind of network that it has: Host, None or Private; null for one that does not run.</summary>
    public string? Network { get; init; }

    /// <summary>What is published, as <c>0.0.0.0:8080-&gt;80/tcp</c>; null for nothing.</summary>
    public IReadOnlyList<string>? Ports { get; init; }

    /// <summary>What a container becomes whose supervisor died: the kernel has killed it with it.</summary>
    public ContainerState AfterLossOfSupervisor() => this with
    {
        Status = ContainerStatus.Exited,
        ProcessId = 0,
        Ports = null,
        ExitCode = KilledExitCode,
        Error = "the process that looked after the container was killed",
    };

    private const int KilledExitCode = 137;
}
