using System.Net;
using System.Text;

namespace Builder.Containers;

/// <summary>What a container reads in <c>/etc/resolv.conf</c>.</summary>
public static class ResolvConf
{
    private const string Stub = "127.0.0.53";
    private const string BehindTheStub = "/run/systemd/resolve/resolv.conf";

    /// <summary>
    /// The host's file for a container that shares its network; for one that does not, the same without name servers
    /// on a loopback address, which it could not reach. Where systemd-resolved's stub is the only server, the servers
    /// behind it are taken instead. Search domains and options are kept. A missing file is an empty one.
    /// </summary>
    /// <param name="path">The host's file, usually <c>/etc/resolv.conf</c>.</param>
    /// <exception cref="Diagnostics.BuilderException"><see cref="ContainersErrors.ResolvConf"/>: no server is left.</exception>
    public static string FromHost(string path, bool hostNetwork) =>
        FromText(ReadOrEmpty(path), () => ReadOrEmpty(BehindTheStub), hostNetwork);

    /// <summary>For a container in a private network: the server that answers there, with the host's search domains and options.</summary>
    public static string ForPrivateNetwork(string path) => Render([Networking.PrivateNetwork.NameServer], ReadOrEmpty(path));

    /// <summary>A file with what the user asked for in place of what the container would have had.</summary>
    public static string With(DnsSettings asked, string usual)
    {
        ArgumentNullException.ThrowIfNull(asked);
        if (asked == DnsSettings.None)
        {
            return usual;
        }

        var servers = asked.Servers.Count > 0 ? asked.Servers : [.. NameServers(usual)];
        var others = Lines(usual).Where(line => NameServer(line) is null
            && !(asked.Search.Count > 0 && (StartsWith(line, "search") || StartsWith(line, "domain")))
            && !(asked.Options.Count > 0 && StartsWith(line, "options"))).ToList();
        if (asked.Search is not ([] or ["."]))
        {
            others.Add("search " + string.Join(' ', asked.Search));
        }

        if (asked.Options.Count > 0)
        {
            others.Add("options " + string.Join(' ', asked.Options));
        }

        return Render(servers, string.Join('\n', others));
    }

    private static string Render(IEnumerable<string> servers, string others) => string.Concat(
        servers.Select(server => $"nameserver {server}\n").Concat(Lines(others).Where(line => NameServer(line) is null && !line.StartsWith('#')).Select(line => line + "\n")));

    private static bool StartsWith(string line, string word) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [var first, ..] && first == word;

    internal static string FromText(string text, Func<string> behindTheStub, bool hostNetwork)
    {
        if (hostNetwork)
        {
            return text;
        }

        if (NameServers(text).ToArray() is [Stub])
        {
            text = behindTheStub();
        }

        var kept = new StringBuilder();
        foreach (var line in Lines(text))
        {
            if (NameServer(line) is not { } server || !IsLoopback(server))
            {
                kept.Append(line).Append('\n');
            }
        }

        if (NameServers(text).Any() && !NameServers(kept.ToString()).Any())
        {
            throw new Diagnostics.BuilderException(
                ContainersErrors.ResolvConf,
                "every name server in resolv.conf is on a loopback address, which a container with its own network cannot reach",
                "name a server with --dns, or build with --network=host");
        }

        return kept.ToString();
    }

    private static IEnumerable<string> NameServers(string text) =>
        Lines(text).Select(NameServer).OfType<string>();

    private static string? NameServer(string line) =>
        line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is ["nameserver", var server, ..] ? server : null;

    private static bool IsLoopback(string server) =>
        IPAddress.TryParse(server, out var address) && IPAddress.IsLoopback(address);

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0);

    private static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
