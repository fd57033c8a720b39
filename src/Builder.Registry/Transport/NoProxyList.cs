using System.Net;

namespace Builder.Registry.Transport;

/// <summary>
/// What is asked without a proxy: <c>*</c>; <c>example.com</c> with what is below it; <c>.example.com</c>, only what is below
/// it; an address or a network (<c>10.0.0.0/8</c>); a name or an address with a port.
/// </summary>
internal sealed class NoProxyList(string text)
{
    private readonly string[] entries = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool Contains(string host, int port)
    {
        var name = host.Trim('[', ']').TrimEnd('.');
        var address = IPAddress.TryParse(name, out var parsed) ? parsed : null;
        return entries.Any(entry => Fits(entry, name, address, port));
    }

    private static bool Fits(string entry, string name, IPAddress? address, int port)
    {
        if (entry == "*")
        {
            return true;
        }

        if (address is not null && IPNetwork.TryParse(entry, out var network))
        {
            return network.Contains(address);
        }

        var (host, wanted) = IPAddress.TryParse(entry, out _) ? (entry, "") : HostLists.Split(entry);
        if (wanted.Length > 0 && wanted != port.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            return false;
        }

        if (address is not null)
        {
            return IPAddress.TryParse(host.Trim('[', ']'), out var own) && own.Equals(address);
        }

        var domain = host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host;
        return domain.StartsWith('.')
            ? name.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
            : name.Equals(domain, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
    }
}
