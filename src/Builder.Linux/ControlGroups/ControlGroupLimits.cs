namespace Builder.Linux.ControlGroups;

/// <summary>What the processes of one control group may use together; null leaves a thing as the parent group has it.</summary>
public sealed record ControlGroupLimits
{
    public static ControlGroupLimits None { get; } = new();

    /// <summary>Stands for no limit in <see cref="MemorySwap"/> and <see cref="Processes"/>.</summary>
    public const long Unlimited = -1;

    /// <summary>Bytes of memory.</summary>
    public long? Memory { get; init; }

    /// <summary>Bytes of memory and swap together, as Docker counts; <see cref="Unlimited"/> for as much swap as there is.</summary>
    public long? MemorySwap { get; init; }

    /// <summary>Weight against other groups, 2 to 262144, where 1024 is the usual.</summary>
    public long? CpuShares { get; init; }

    /// <summary>Microseconds of processor time in each <see cref="CpuPeriod"/>.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>Microseconds; the kernel's own is 100,000.</summary>
    public long? CpuPeriod { get; init; }

    /// <summary>Processors, as <c>0-2,5</c>.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>Memory nodes, as <c>0-1</c>.</summary>
    public string? CpusetMems { get; init; }

    /// <summary>Processes and threads; <see cref="Unlimited"/> for no limit.</summary>
    public long? Processes { get; init; }

    /// <summary>Weight of block devices, 10 to 1000.</summary>
    public int? BlockWeight { get; init; }

    public bool IsEmpty => this == None;
}
