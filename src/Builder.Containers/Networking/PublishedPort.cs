using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Builder.Diagnostics;

namespace Builder.Containers.Networking;

/// <summary>A port of the machine whose connections go to a container with a private network.</summary>
/// <param name="Address">Where the machine listens; null for all of its addresses.</param>
/// <param name="HostPort">0 until one was chosen.</param>
public sealed record PublishedPort(IPAddress? Address, int HostPort, int ContainerPort, bool IsUdp = false)
{
    private const int MaxPort = 65535;

    /// <summary>Docker's <c>[[ADDRESS:]PORT:]PORT[/tcp|udp]</c>, where ports may be ranges of the same length.</summary>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.InvalidPort"/>.</exception>
    public static IReadOnlyList<PublishedPort> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (ports, isUdp) = text.Split('/') switch
        {
            [var all] => (all, false),
            [var all, "tcp"] => (all, false),
            [var all, "udp"] => (all, true),
            _ => throw Invalid(text, "after the slash comes tcp or udp"),
        };
        var lastColon = ports.LastIndexOf(':');
        var container = Range(ports[(lastColon + 1)..], text);
        if (lastColon < 0)
        {
            return [.. container.Select(port => new PublishedPort(null, 0, port, isUdp))];
        }

        var before = ports[..lastColon];
        var colon = before.LastIndexOf(':');
        var host = before[(colon + 1)..] is { Length: > 0 } given ? Range(given, text) : [.. container.Select(_ => 0)];
        var address = colon > 0 ? AddressOf(before[..colon], text) : null;
        return host.Length == container.Length
            ? [.. host.Zip(container, (outside, inside) => new PublishedPort(address, outside, inside, isUdp))]
            : throw Invalid(text, "the ranges of ports have different lengths");
    }

    /// <summary>The same with a free port of the machine's, where none was named.</summary>
    public PublishedPort WithHostPort()
    {
        if (HostPort != 0)
        {
            return this;
        }

        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var free = IsUdp ? socket : listener;
        free.Bind(new IPEndPoint(Address ?? IPAddress.IPv6Any, 0));
        return this with { HostPort = ((IPEndPoint)free.LocalEndPoint!).Port };
    }

    /// <summary><c>80/tcp</c>, as Docker names the container's end.</summary>
    public string Inside => $"{ContainerPort.ToString(CultureInfo.InvariantCulture)}/{(IsUdp ? "udp" : "tcp")}";

    /// <summary><c>0.0.0.0:8080-&gt;80/tcp</c>, as <c>ps</c> shows it and the container's state keeps it.</summary>
    public override string ToString() => $"{(Address is null ? "0.0.0.0" : Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Address}]" : Address.ToString())}:{HostPort}->{Inside}";

    /// <summary>What <c>pasta --tcp-ports</c> or <c>--udp-ports</c> takes.</summary>
    internal string ForPasta => $"{(Address is null ? "" : $"{Address}/")}{HostPort}:{ContainerPort}";

    private static int[] Range(string text, string all)
    {
        var (first, last) = text.Split('-') switch
        {
            [var one] => (Port(one, all), Port(one, all)),
            [var from, var to] => (Port(from, all), Port(to, all)),
            _ => throw Invalid(all, "a range has a first and a last port"),
        };
        return first <= last ? [.. Enumerable.Range(first, last - first + 1)] : throw Invalid(all, "the range ends before it begins");
    }

    private static int Port(string text, string all) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= MaxPort ? port : throw Invalid(all, $"'{text}' is no port");

    private static IPAddress AddressOf(string text, string all) =>
        IPAddress.TryParse(text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text, out var address) ? address : throw Invalid(all, $"'{text}' is no address");

    private static BuilderException Invalid(string text, string why) => new(ContainersErrors.InvalidPort, $"--publish {text}: {why}", "write it as [[ADDRESS:]PORT:]PORT[/tcp|udp]: 8080:80");
}
