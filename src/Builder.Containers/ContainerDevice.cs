namespace Builder.Containers;

/// <summary>A device node of the host that a container may open.</summary>
/// <param name="HostPath">Absolute path of the node.</param>
/// <param name="Name">Where it appears, relative to <c>/dev</c>.</param>
public sealed record ContainerDevice(string HostPath, string Name)
{
    private static readonly string[] Names =
    [
        "kmsg", "cuse", "fuse", "kvm", "net/tun", "loop-control", .. Enumerable.Range(0, 8).Select(number => $"loop{number}"),
    ];

    /// <summary>What <c>RUN --security=insecure</c> adds in BuildKit, as far as this machine has it.</summary>
    public static IEnumerable<ContainerDevice> OfUnconfined =>
        Names.Select(name => new ContainerDevice("/dev/" + name, name)).Where(device => File.Exists(device.HostPath));
}
