namespace Builder.Containers;

/// <summary>How a container's first process ended.</summary>
/// <param name="ExitCode">0 to 255; 128 + signal for a process that a signal ended, as a shell reports it.</param>
/// <param name="Signal">The signal that ended it; null when it exited by itself.</param>
public sealed record ContainerExit(int ExitCode, int? Signal)
{
    public bool Succeeded => ExitCode == 0;

    public ContainerUsage Usage { get; init; } = ContainerUsage.Nothing;

    /// <summary>Set when the kernel killed a process of the container because its memory was used up.</summary>
    public MemoryExhausted? MemoryExhausted { get; init; }

    /// <summary>It was stopped because <see cref="ContainerSpec.TimeLimit"/> was over.</summary>
    public bool TimedOut { get; init; }
}

/// <summary>What all processes of a container have used.</summary>
/// <param name="PeakMemory">
/// Bytes: of the container when it had a control group for memory, else of its biggest process. Null when nobody counted: a process
/// begins as a part of Builder, so the kernel's mark tells nothing of one that stayed smaller than Builder.
/// </param>
/// <param name="ReadBytes">From block devices.</param>
public sealed record ContainerUsage(TimeSpan CpuTime, long? PeakMemory, long ReadBytes, long WrittenBytes)
{
    public static ContainerUsage Nothing { get; } = new(TimeSpan.Zero, null, 0, 0);
}

/// <param name="Limit">Bytes; null for a limit that was not the container's own.</param>
/// <param name="Peak">Bytes; null where the kernel does not keep it.</param>
public sealed record MemoryExhausted(long? Limit, long? Peak);
