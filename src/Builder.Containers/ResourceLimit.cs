namespace Builder.Containers;

/// <summary>The resources of setrlimit(2), by their kernel numbers (the same on x86-64 and arm64).</summary>
public enum LimitedResource
{
    Cpu = 0,
    FileSize = 1,
    Data = 2,
    Stack = 3,
    Core = 4,
    ResidentSet = 5,
    Processes = 6,
    OpenFiles = 7,
    LockedMemory = 8,
    AddressSpace = 9,
    FileLocks = 10,
    PendingSignals = 11,
    MessageQueue = 12,
    Nice = 13,
    RealtimePriority = 14,
    RealtimeTime = 15,
}

/// <summary>One limit; <see cref="Unlimited"/> stands for no limit.</summary>
public sealed record ResourceLimit(LimitedResource Resource, ulong Soft, ulong Hard)
{
    public const ulong Unlimited = ulong.MaxValue;

    /// <summary>
    /// Set when the spec does not say otherwise: no core files, and 1,048,576 open files or as many as Builder may
    /// have. Inherited limits would let a step see which shell or runtime started Builder.
    /// </summary>
    public static IReadOnlyList<ResourceLimit> Defaults { get; } =
    [
        new(LimitedResource.Core, 0, Unlimited),
        new(LimitedResource.OpenFiles, 1 << 20, 1 << 20),
    ];
}
