using System.Net;

namespace Builder.Containers.Networking;

/// <summary>
/// Where clouds answer a machine's questions about itself, its credentials included. A build step has no business there, so a
/// private network does not reach them.
/// </summary>
internal static class MetadataServices
{
    public static IReadOnlyList<IPAddress> Addresses { get; } =
    [
        IPAddress.Parse("169.254.169.254"), // Amazon, Azure, Google, OpenStack, DigitalOcean, Hetzner, Oracle
        IPAddress.Parse("fd00:ec2::254"), // Amazon
        IPAddress.Parse("169.254.170.2"), // tasks of Amazon's container service
        IPAddress.Parse("169.254.170.23"), // pods of Amazon's Kubernetes
        IPAddress.Parse("fd00:ec2::23"),
        IPAddress.Parse("fd20:ce::254"), // Google
        IPAddress.Parse("100.100.100.200"), // Alibaba
        IPAddress.Parse("168.63.129.16"), // Azure's agent
        IPAddress.Parse("192.0.0.192"), // Oracle, older
    ];
}
