using System.Globalization;

namespace Builder.Linux.ControlGroups;

/// <summary>One value in a file of a group.</summary>
/// <param name="Option">What the user wrote to get it, for messages.</param>
/// <param name="Controller">As version 2 calls it where both have it.</param>
/// <param name="Files">The first that exists takes the value.</param>
/// <param name="IsImplied">Nobody asked for it by name: where it cannot be had, nothing is said.</param>
internal sealed record ControlGroupSetting(string Option, string Controller, string[] Files, string Value, bool IsImplied = false)
{
    private const string Memory = "memory", Cpu = "cpu", Cpuset = "cpuset", Pids = "pids";

    /// <summary>In the order in which the kernel wants them: memory before memory with swap, the period before the quota.</summary>
    public static IEnumerable<ControlGroupSetting> OfVersion1(ControlGroupLimits limits)
    {
        if (limits.Memory is { } memory)
        {
            yield return new("--memory", Memory, ["memory.limit_in_bytes"], Text(memory));
        }

        if (TotalWithSwap(limits) is { } total)
        {
            yield return new("--memory-swap", Memory, ["memory.memsw.limit_in_bytes"], Text(total), limits.MemorySwap is null);
        }

        if (limits.CpuShares is { } shares)
        {
            yield return new("--cpu-shares", Cpu, ["cpu.shares"], Text(shares));
        }

        if (limits.CpuPeriod is { } period)
        {
            yield return new("--cpu-period", Cpu, ["cpu.cfs_period_us"], Text(period));
        }

        if (limits.CpuQuota is { } quota)
        {
            yield return new("--cpu-quota", Cpu, ["cpu.cfs_quota_us"], Text(quota));
        }

        foreach (var setting in OfBoth(limits))
        {
            yield return setting;
        }

        if (limits.BlockWeight is { } weight)
        {
            yield return new("--blkio-weight", "blkio", ["blkio.weight", "blkio.bfq.weight"], Text(weight));
        }
    }

    public static IEnumerable<ControlGroupSetting> OfVersion2(ControlGroupLimits limits)
    {
        if (limits.Memory is { } memory)
        {
            yield return new("--memory", Memory, ["memory.max"], Text(memory));
        }

        if (TotalWithSwap(limits) is { } total)
        {
            // Version 2 counts swap alone.
            yield return new("--memory-swap", Memory, ["memory.swap.max"], total < 0 ? "max" : Text(total - (limits.Memory ?? 0)), limits.MemorySwap is null);
        }

        if (limits.CpuShares is { } shares)
        {
            yield return new("--cpu-shares", Cpu, ["cpu.weight"], Text(Weight(shares)));
        }

        if (limits.CpuQuota is not null || limits.CpuPeriod is not null)
        {
            var quota = limits.CpuQuota is { } some and > 0 ? Text(some) : "max";
            yield return new(limits.CpuQuota is null ? "--cpu-period" : "--cpu-quota", Cpu, ["cpu.max"], $"{quota} {Text(limits.CpuPeriod ?? 100_000)}");
        }

        foreach (var setting in OfBoth(limits))
        {
            yield return setting;
        }

        if (limits.BlockWeight is { } weight)
        {
            // 10 to 1000 there, 1 to 10000 here.
            yield return new("--blkio-weight", "io", ["io.weight", "io.bfq.weight"], $"default {Text(1 + ((weight - 10L) * 9999 / 990))}");
        }
    }

    /// <summary>
    /// Shares of version 1 as a weight of version 2: a curve through the three points that matter, 2 and 1, 1024 and 100, 262144 and
    /// 10000, so that what is usual there is usual here.
    /// </summary>
    internal static long Weight(long shares)
    {
        if (shares <= 2)
        {
            return 1;
        }

        if (shares >= 262_144)
        {
            return 10_000;
        }

        var l = Math.Log2(shares);
        return (long)Math.Ceiling(Math.Pow(10, (((l * l) + (125 * l)) / 612.0) - (7.0 / 34.0)));
    }

    private static IEnumerable<ControlGroupSetting> OfBoth(ControlGroupLimits limits)
    {
        if (limits.CpusetCpus is { } cpus)
        {
            yield return new("--cpuset-cpus", Cpuset, ["cpuset.cpus"], cpus);
        }

        if (limits.CpusetMems is { } mems)
        {
            yield return new("--cpuset-mems", Cpuset, ["cpuset.mems"], mems);
        }

        if (limits.Processes is { } processes)
        {
            yield return new("--pids-limit", Pids, ["pids.max"], processes < 0 ? "max" : Text(processes));
        }
    }

    /// <summary>Docker's rule: who limits memory and says nothing of swap gets as much swap again.</summary>
    private static long? TotalWithSwap(ControlGroupLimits limits) =>
        limits.MemorySwap ?? (limits.Memory is { } memory and <= long.MaxValue / 2 ? memory * 2 : null);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
