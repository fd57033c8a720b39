using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>The limits of the spec and, where it says nothing, the defaults as far as Builder's own limits allow.</summary>
internal static class LimitsScript
{
    /// <summary>What is set for a container: each resource once, and what was said last.</summary>
    public static IEnumerable<ResourceLimit> Of(ContainerSpec spec)
    {
        var defaults = ResourceLimit.Defaults.Where(each => spec.Limits.All(asked => asked.Resource != each.Resource)).Select(limit =>
        {
            var hard = Math.Min(limit.Hard, ProcessLimits.Of((int)limit.Resource).Hard);
            return limit with { Soft = Math.Min(limit.Soft, hard), Hard = hard };
        });
        return defaults.Concat(spec.Limits).GroupBy(limit => limit.Resource).Select(same => same.Last());
    }

    public static void Set(SyscallScript script, ContainerSpec spec)
    {
        foreach (var limit in Of(spec))
        {
            Set(script, limit);
        }
    }

    private static void Set(SyscallScript script, ResourceLimit limit) =>
        script.SetLimit((int)limit.Resource, limit.Resource.ToString(), limit.Soft, limit.Hard);
}
