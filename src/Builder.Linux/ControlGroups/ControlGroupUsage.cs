namespace Builder.Linux.ControlGroups;

/// <summary>What a group's processes have used; null where no controller counts it.</summary>
/// <param name="PeakMemory">Bytes.</param>
/// <param name="ReadBytes">From block devices.</param>
/// <param name="OutOfMemoryKills">How many processes the kernel has killed for want of memory.</param>
public sealed record ControlGroupUsage(TimeSpan? CpuTime, long? PeakMemory, long? ReadBytes, long? WrittenBytes, long OutOfMemoryKills);
