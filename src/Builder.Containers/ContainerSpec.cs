using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;
using Builder.Linux.Isolation.Seccomp;

namespace Builder.Containers;

/// <summary>
/// Everything that makes one container, as data: nothing is looked up anywhere else. The defaults are those of a
/// Docker build step, so that a Dockerfile that builds there builds here.
/// </summary>
public sealed record ContainerSpec
{
    public const long DefaultSharedMemorySize = 64L << 20;

    /// <summary>The program and its arguments. A program without a slash is searched in the <c>PATH</c> of <see cref="Env"/>.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>The environment as <c>NAME=value</c>, in this order; of two equal names the last wins.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>Absolute path inside the root; made (0755, owned by <see cref="User"/>) when it is missing.</summary>
    public string WorkingDirectory { get; init; } = "/";

    public ResolvedUser User { get; init; } = ResolvedUser.Root;

    /// <summary>A constant by default, so that no step's output depends on the build.</summary>
    public string Hostname { get; init; } = "builder";

    public UserNamespaceMode UserNamespace { get; init; } = UserNamespaceMode.Host;

    /// <summary>
    /// The namespaces that are the container's own; the others it shares with Builder. The mount namespace always is, the user's is
    /// <see cref="UserNamespace"/>'s business and the network's that of <see cref="Network"/>. Kinds that the kernel lacks are shared.
    /// </summary>
    public Namespaces Namespaces { get; init; } = AllNamespaces;

    /// <summary>What <see cref="Namespaces"/> can choose from.</summary>
    public const Namespaces AllNamespaces = Namespaces.Pid | Namespaces.Uts | Namespaces.Ipc | Namespaces.Cgroup | Namespaces.Time;

    public required ContainerRoot Root { get; init; }

    public NetworkMode Network { get; init; } = NetworkMode.Host;

    /// <summary>The network namespace to enter with <see cref="NetworkMode.Private"/>; the caller owns it and what is behind it.</summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle? NetworkNamespace { get; init; }

    /// <summary>Attached in this order, after the root and before or after the kernel's own file systems as the target asks.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>The bounding set, and what user 0 holds. What Builder itself lacks is left out silently.</summary>
    public CapabilitySet Capabilities { get; init; } = CapabilitySet.Default;

    /// <summary>Capabilities that were asked for by name: Builder's own lack of one is an error.</summary>
    public CapabilitySet RequiredCapabilities { get; init; } = CapabilitySet.None;

    /// <summary>Which system calls there are.</summary>
    public SeccompPolicy Seccomp { get; init; } = SeccompPolicy.Default;

    /// <summary>What a security module of the kernel calls the container.</summary>
    public SecurityLabels Labels { get; init; } = SecurityLabels.None;

    /// <summary>Memory, processors and processes that all of the container may use together, and whether it can be frozen.</summary>
    public ControlGroupRequest ControlGroup { get; init; } = ControlGroupRequest.None;

    /// <summary>How long the container may run before it is stopped as by a cancellation; null for ever.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>
    /// Whether the container is kept from the machine's devices and settings: device files do not open, /sys is read-only,
    /// and only user 0 holds capabilities.
    /// </summary>
    public bool IsConfined { get; init; } = true;

    /// <summary>Devices of the host that appear in /dev beside the six that always do.</summary>
    public IReadOnlyList<ContainerDevice> Devices { get; init; } = [];

    /// <summary>Off as in every Dockerfile builder: <c>sudo</c>, <c>su</c> and <c>ping</c> work in a step.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Paths that are hidden: files behind <c>/dev/null</c>, directories behind an empty one; missing ones are skipped.</summary>
    public IReadOnlyList<string> MaskedPaths { get; init; } = KernelPaths.Masked;

    /// <summary>Paths that are remounted read-only; missing ones are skipped.</summary>
    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = KernelPaths.ReadOnly;

    /// <summary>Limits of each process (ulimit); a resource that is not named keeps Builder's own limit, except those of <see cref="ResourceLimit.Defaults"/>.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>The size of <c>/dev/shm</c> in bytes.</summary>
    public long SharedMemorySize { get; init; } = DefaultSharedMemorySize;

    /// <summary>
    /// A descriptor to read standard input from; the caller owns it. Null gives <c>/dev/null</c>.
    /// </summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle? Stdin { get; init; }

    /// <summary>
    /// The standard streams are a terminal of the container's own, whose other end is <see cref="ContainerProcess.Terminal"/>.
    /// <see cref="Stdin"/> is of no use then, and all output comes as standard output.
    /// </summary>
    public bool HasTerminal { get; init; }

    /// <summary>How big the window of the terminal is at first.</summary>
    public (int Columns, int Rows)? TerminalSize { get; init; }

    /// <summary>
    /// Process 1 is not the program but a small one of Builder's, which reaps what nobody waits for and passes signals on to the program.
    /// </summary>
    public bool HasInit { get; init; }

    /// <summary>Who runs the container in Builder's place; null for Builder itself.</summary>
    public OciRuntime? Runtime { get; init; }

    /// <summary>With <see cref="Runtime"/>: a folder of the caller's for what the runtime is told and what it keeps, empty at the start.</summary>
    public string? BundleFolder { get; init; }

    /// <summary>Nothing can be written but to what is mounted below.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>
    /// The same container without its walls, as <c>RUN --security=insecure</c> asks for: every capability that Builder has, no
    /// filter, nothing masked or read-only, the host's devices. Namespaces stay.
    /// </summary>
    public ContainerSpec WithoutConfinement() => this with
    {
        Capabilities = CapabilitySet.All,
        Seccomp = SeccompPolicy.Unconfined,
        Labels = SecurityLabels.None,
        MaskedPaths = [],
        ReadOnlyPaths = [],
        IsConfined = false,
        Devices = [.. Devices, .. ContainerDevice.OfUnconfined],
    };

    /// <summary>How long a cancelled container may take to end by itself after SIGTERM, before SIGKILL.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);
}
