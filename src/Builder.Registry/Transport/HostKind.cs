using System.Net;
using System.Net.Sockets;

namespace Builder.Registry.Transport;

/// <summary>What a host's name alone says about where it is; nothing is looked up.</summary>
internal static class HostKind
{
    /// <summary><c>localhost</c> and the loopback literals: the only hosts that may speak plain HTTP unasked.</summary>
    public static bool IsLoopback(string host)
    {
        var name = host.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (Literal(name) is { } address && IPAddress.IsLoopback(address));
    }

    /// <summary>
    /// Addresses that mean something else to every machine (loopback, link-local, unspecified). A server elsewhere that
    /// sends us there is after what this machine can reach and it cannot: cloud metadata, local daemons.
    /// </summary>
    public static bool IsOnlyMeaningfulHere(string host)
    {
        if (IsLoopback(host))
        {
            return true;
        }

        return Literal(host) is { } address
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.IsIPv6LinkLocal
                || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]));
    }

    /// <summary>
    /// Addresses that no host of the internet has: those above, and the private ranges (RFC 1918, RFC 4193, RFC 6598). A public
    /// registry that sends us there wants to see what a network says to one of its own.
    /// </summary>
    public static bool IsInternal(string host) => IsOnlyMeaningfulHere(host) || (Literal(host) is { } address && IsPrivate(address));

    private static bool IsPrivate(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? address.GetAddressBytes() is [10, ..] or [192, 168, ..] or [172, >= 16 and <= 31, ..] or [100, >= 64 and <= 127, ..]
            : address.IsIPv6UniqueLocal;

    private static IPAddress? Literal(string host)
    {
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            return null;
        }

        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
