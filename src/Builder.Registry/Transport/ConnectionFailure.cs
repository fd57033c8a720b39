using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace Builder.Registry.Transport;

/// <summary>Says in the user's words why no answer came.</summary>
internal static partial class ConnectionFailure
{
    private const string ProxyHint = "check http_proxy, https_proxy and no_proxy";

    /// <param name="proxy">Through whom the host was to be reached; null for nobody.</param>
    public static RegistryException Of(Uri uri, HttpRequestException e, Uri? proxy)
    {
        var host = proxy is null ? uri.Authority : $"{uri.Authority} through the proxy {proxy.Authority}";
        var socket = Find<SocketException>(e);
        var (code, message, hint) = e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => (
                RegistryErrors.UnknownHost,
                $"cannot find {(proxy is null ? uri.Host : $"the proxy {proxy.Host}")}: {(socket?.SocketErrorCode == SocketError.TryAgain ? "the name server does not answer" : "no such host")}",
                "check the spelling of the registry's name, and this machine's name servers"),
            HttpRequestError.SecureConnectionError => (
                RegistryErrors.Tls,
                $"cannot make a trusted connection to {host}: {TlsReason(e)}",
                $"put the certificate of its authority into /etc/containers/certs.d/{uri.Authority}/ca.crt; --tls-verify=false takes any certificate, and plain HTTP where there is no TLS"),
            _ when socket?.SocketErrorCode == SocketError.ConnectionRefused => (
                RegistryErrors.Unreachable,
                $"cannot reach {host}: connection refused",
                proxy is null ? "is a registry running there, and is the port right?" : ProxyHint),
            HttpRequestError.ProxyTunnelError => (
                RegistryErrors.Unreachable,
                $"cannot reach {host}: the proxy {(ProxyStatus(e) is { } status ? $"answers {status}" : "refuses")}",
                ProxyStatus(e) == 407 ? "it wants a login: https_proxy=http://USER:PASSWORD@HOST:PORT" : ProxyHint),
            HttpRequestError.ConnectionError => (
                RegistryErrors.Unreachable,
                $"cannot reach {host}: {Reason(e, socket)}",
                proxy is null ? "check the network, and http_proxy, https_proxy and no_proxy if there is a proxy" : ProxyHint),
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.ConfigurationLimitExceeded => (
                RegistryErrors.NotARegistry,
                $"{host} does not answer in HTTP",
                "is it a registry, and does the port speak TLS?"),
            _ => (
                RegistryErrors.ConnectionLost,
                $"the connection to {host} broke: {Reason(e, socket)}",
                (string?)null),
        };
        return new RegistryException(code, message, hint, inner: e) { Host = host, Url = SafeUrl.Of(uri) };
    }

    /// <summary>What a proxy answered instead of making a connection; null when it is not known. The platform says it only in words.</summary>
    public static int? ProxyStatus(HttpRequestException e) =>
        e.StatusCode is { } code ? (int)code
        : ProxyStatusPattern().Match(e.Message) is { Success: true } match ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
        : null;

    [GeneratedRegex(@"\D([45]\d\d)\D*$")]
    private static partial Regex ProxyStatusPattern();

    private static string TlsReason(HttpRequestException e)
    {
        var text = Find<AuthenticationException>(e)?.Message ?? "";
        return text.Contains("frame", StringComparison.Ordinal) ? "the server does not speak TLS"
            : text.Contains("certificate", StringComparison.Ordinal) ? "its certificate is not valid here" + Detail(text)
            : "the TLS handshake failed";
    }

    /// <summary>What follows the colon in ".. errors in the certificate chain: UntrustedRoot".</summary>
    private static string Detail(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon < 0 ? "" : $" ({text[(colon + 1)..].Trim()})";
    }

    private static string Reason(Exception e, SocketException? socket) =>
        Find<TimeoutException>(e) is not null ? "no answer in time"
        : socket is not null ? socket.SocketErrorCode switch
        {
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route to it",
            SocketError.TimedOut => "no answer in time",
            SocketError.ConnectionReset => "connection reset",
            _ => socket.Message.ToLowerInvariant(),
        }
        : "closed before the answer was complete";

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is T found)
            {
                return found;
            }
        }

        return null;
    }
}
