using Builder.Linux.ControlGroups;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>What a container is doing, in Docker's words.</summary>
public static class ContainerStates
{
    public static IReadOnlyList<string> Names { get; } = ["created", "running", "paused", "exited", "restarting", "removing", "dead"];

    public static string NameOf(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return container.State.Status switch
        {
            ContainerStatus.Running => IsPaused(container) ? "paused" : "running",
            ContainerStatus.Exited => "exited",
            _ => "created",
        };
    }

    /// <summary>Asked of the kernel: nobody writes down what can change without him.</summary>
    public static bool IsPaused(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return GroupOf(container) is { } group && Frozen(group);
    }

    /// <summary>The control group of a container that runs; null when it has none. It is its supervisor's to remove.</summary>
    public static ControlGroup? GroupOf(StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return container is { IsRunning: true, State.ControlGroup: { Count: > 0 } directories } ? ControlGroup.Open(directories) : null;
    }

    private static bool Frozen(ControlGroup group)
    {
        try
        {
            return group.IsFrozen;
        }
        catch (Exception e) when (e is Diagnostics.BuilderException or IOException or UnauthorizedAccessException or Linux.LinuxException)
        {
            // It has ended meanwhile, or its group belongs to somebody else.
            return false;
        }
    }
}
