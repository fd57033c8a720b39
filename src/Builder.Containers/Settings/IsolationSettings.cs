using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;
using Builder.Linux.Isolation.Seccomp;

namespace Builder.Containers;

/// <summary>What a user says about the walls of containers: RUN steps and working containers take the same.</summary>
public sealed record IsolationSettings
{
    public static IsolationSettings Default { get; } = new();

    /// <summary>Whose user ids a container has.</summary>
    public UserNamespaceMode UserNamespace { get; init; }

    /// <summary>The namespaces that are the container's own.</summary>
    public Namespaces Namespaces { get; init; } = ContainerSpec.AllNamespaces;

    /// <summary>Whether containers that ask for no network in particular get a private one.</summary>
    public PrivateNetworkUse PrivateNetwork { get; init; }

    public DnsSettings Dns { get; init; } = DnsSettings.None;

    public CapabilityChanges Capabilities { get; init; } = CapabilityChanges.None;

    public SecurityOptions Security { get; init; } = SecurityOptions.Default;

    /// <summary>Limits of each process (ulimit).</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>The size of /dev/shm in bytes; null for the default.</summary>
    public long? SharedMemorySize { get; init; }

    public ControlGroupRequest ControlGroup { get; init; } = ControlGroupRequest.None;

    /// <summary>How long a container may run; null for ever.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Who runs the containers in Builder's place; null for Builder itself.</summary>
    public OciRuntime? Runtime { get; init; }

    /// <summary>A container with these walls.</summary>
    public ContainerSpec ApplyTo(ContainerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec with
        {
            UserNamespace = UserNamespace,
            Namespaces = Namespaces,
            Capabilities = Capabilities.Of(spec.Capabilities),
            RequiredCapabilities = Capabilities.Required,
            Seccomp = Security.Seccomp,
            Labels = Security.Labels,
            NoNewPrivileges = Security.NoNewPrivileges,
            MaskedPaths = Security.HidesSystemPaths ? spec.MaskedPaths : [],
            ReadOnlyPaths = Security.HidesSystemPaths ? spec.ReadOnlyPaths : [],
            Limits = [.. Limits],
            SharedMemorySize = SharedMemorySize ?? spec.SharedMemorySize,
            ControlGroup = ControlGroup,
            TimeLimit = TimeLimit,
            Runtime = Runtime,
        };
    }
}

/// <summary>When a container gets a private network.</summary>
public enum PrivateNetworkUse
{
    /// <summary>Where the machine has them; else it gets the host's, and that is said.</summary>
    WherePossible,

    /// <summary>Always; where the machine has none, that is an error.</summary>
    Always,

    /// <summary>It gets the host's.</summary>
    Never,
}
