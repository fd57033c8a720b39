using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Linux.Isolation;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>The options of a container's walls, kept as the user wrote them.</summary>
public static class IsolationOptions
{
    /// <summary>The names of the options that <see cref="ContainerSettings.Isolation"/> may have.</summary>
    public static IReadOnlyList<string> Names { get; } = ["privileged", "ulimit", "shm-size", "userns"];

    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidContainerOption"/>, or what the options' own rooms say.</exception>
    public static ContainerSpec Apply(ContainerSpec spec, ContainerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(settings);
        spec = spec with
        {
            Network = NetworkOf(settings.Network),
            Limits = [.. ValuesOf(settings, "ulimit").Select(ResourceLimit.Parse)],
            SharedMemorySize = ValuesOf(settings, "shm-size") is [.., var size] ? ByteSizes.Parse(size) : spec.SharedMemorySize,
            UserNamespace = ValuesOf(settings, "userns") switch
            {
                [] or [.., "host"] => UserNamespaceMode.Host,
                [.., "private"] => UserNamespaceMode.Private,
                [.., var other] => throw new BuilderException(EngineErrors.InvalidContainerOption, $"--userns {other}: it is host or private"),
            },
        };
        return ValuesOf(settings, "privileged") is ["true"] ? spec.WithoutConfinement() : spec;
    }

    private static NetworkMode NetworkOf(string? text) => text switch
    {
        null or "host" or "default" => NetworkMode.Host,
        "none" => NetworkMode.None,
        _ => throw new BuilderException(EngineErrors.InvalidContainerOption, $"--network {text}: it is host or none"),
    };

    private static IReadOnlyList<string> ValuesOf(ContainerSettings settings, string name) => settings.Isolation.GetValueOrDefault(name) ?? [];
}
