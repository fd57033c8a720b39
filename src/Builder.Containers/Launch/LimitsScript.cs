using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>The limits of the spec and, where it says nothing, the defaults as far as Builder's own limits allow.</summary>
internal static class LimitsScript
{
    public static void Set(SyscallScript script, ContainerSpec spec)
    {
        foreach (var limit in ResourceLimit.Defaults.Where(each => spec.Limits.All(asked => asked.Resource != each.Resource)))
        {
            var hard = Math.Min(limit.Hard, ProcessLimits.Of((int)limit.Resource).Hard);
            Set(script, limit with { Soft = Math.Min(limit.Soft, hard), Hard = hard });
        }

        foreach (var limit in spec.Limits)
        {
            Set(script, limit);
        }
    }

    private static void Set(SyscallScript script, ResourceLimit limit) =>
        script.SetLimit((int)limit.Resource, limit.Resource.ToString(), limit.Soft, limit.Hard);
}
