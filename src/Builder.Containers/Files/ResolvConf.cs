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
