using System.Globalization;
using System.Net;
using Builder.Diagnostics;

namespace Builder.Graph.Compilation;

/// <summary>
/// The words of EXPOSE: <c>[[IP:]HOST:]PORT[-END][/PROTOCOL]</c>. Address and host port are checked, then dropped: an
/// image cannot say where its ports are published.
/// </summary>
internal static class PortList
{
    /// <summary>Each port as <c>number/protocol</c>.</summary>
    public static IEnumerable<string> Parse(string word, SourceSpan span)
    {
        var slash = word.IndexOf('/', StringComparison.Ordinal);
        var protocol = slash < 0 || slash == word.Length - 1 ? "tcp" : word[(slash + 1)..].ToLowerInvariant();
        var ports = slash < 0 ? word : word[..slash];
        var colon = ports.LastIndexOf(':');
        var container = ports[(colon + 1)..];
        if (container.Length == 0)
        {
            throw Invalid($"no port specified: {word}", span);
        }

        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw Invalid($"invalid proto: {protocol}", span);
        }

        var (first, last) = Range(container, "containerPort", span);
        if (colon >= 0)
        {
            CheckHost(ports[..colon], last - first, word, span);
        }

        for (var port = first; port <= last; port++)
        {
            yield return $"{port}/{protocol}";
        }
    }

    private static void CheckHost(string text, int length, string word, SourceSpan span)
    {
        var colon = text.LastIndexOf(':');
        var (address, host) = text.EndsWith(']') ? (text, "") : colon < 0 ? ("", text) : (text[..colon], text[(colon + 1)..]);
        if (address.Length > 0 && !IPAddress.TryParse(address.Trim('[', ']'), out _))
        {
            throw Invalid($"invalid IP address: {address}", span);
        }

        if (host.Length > 0)
        {
            var (first, last) = Range(host, "hostPort", span);
            if (last - first != length && length != 0)
            {
                throw Invalid($"invalid ranges specified for container and host Ports: {word}", span);
            }
        }
    }

    private static (int First, int Last) Range(string text, string what, SourceSpan span)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var first = Port(dash < 0 ? text : text[..dash]);
        var last = dash < 0 ? first : Port(text[(dash + 1)..]);
        return first is { } from && last is { } to && from <= to ? (from, to) : throw Invalid($"invalid {what}: {text}", span);
    }

    private static int? Port(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    private static BuilderException Invalid(string message, SourceSpan span) =>
        new(GraphErrors.InvalidConfig, message, "write ports as 80, 80/udp or 8000-8010", span);
}
