using Builder.Linux.ControlGroups;
using Builder.Linux.Processes;

namespace Builder.Containers.Launch;

/// <summary>What is told of a container when it has ended: its control group counts everything, and without one the kernel still counts its processes.</summary>
internal static class ExitReport
{
    public static ContainerExit Of(ExitStatus status, ControlGroup? group)
    {
        var used = group?.ReadUsage();
        var usage = status.Usage;
        return new ContainerExit(status.Code, status.Signal)
        {
            Usage = new ContainerUsage(
                used?.CpuTime ?? usage.UserTime + usage.SystemTime,
                used?.PeakMemory ?? (usage.PeakMemory > ProcessUsage.PeakMemoryOfThisProcess ? usage.PeakMemory : null),
                used?.ReadBytes ?? usage.ReadBytes,
                used?.WrittenBytes ?? usage.WrittenBytes),
            MemoryExhausted = used is { OutOfMemoryKills: > 0 } ? new MemoryExhausted(group!.Limits.Memory, used.PeakMemory) : null,
        };
    }
}
