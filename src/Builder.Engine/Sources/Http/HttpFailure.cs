using System.Net.Sockets;
using System.Security.Authentication;
using Builder.Diagnostics;

namespace Builder.Engine.Sources.Http;

/// <summary>Says in the user's words why a download did not come.</summary>
internal static class HttpFailure
{
    public static BuilderException Of(string url, Exception e)
    {
        var socket = Find<SocketException>(e);
        var kind = (e as HttpRequestException)?.HttpRequestError ?? (e as HttpIOException)?.HttpRequestError;
        var (reason, hint) = kind switch
        {
            _ when Find<TimeoutException>(e) is not null => ("no answer in time", null),
            HttpRequestError.NameResolutionError => ("no such host", "check the spelling of the URL, and this machine's name servers"),
            HttpRequestError.SecureConnectionError => (
                "no trusted connection: " + (Find<AuthenticationException>(e)?.Message ?? "the TLS handshake failed"),
                "a private certificate authority has to be trusted by this machine"),
            _ when socket?.SocketErrorCode == SocketError.ConnectionRefused => ("connection refused", "is a server running there, and is the port right?"),
            HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError => (
                "no connection" + (socket is null ? "" : $" ({socket.SocketErrorCode})"),
                "check the network, and http_proxy, https_proxy and no_proxy if there is a proxy"),
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => ("the server does not answer in HTTP", null),
            _ => ("the connection broke before everything had arrived", (string?)null),
        };
        var code = Find<TimeoutException>(e) is null ? SourceErrors.DownloadFailed : SourceErrors.DownloadTimeout;
        return new BuilderException(code, $"cannot download {WebAddress.Shown(url)}: {reason}", hint, inner: e);
    }

    public static BuilderException OfStatus(string url, int status) => new(
        SourceErrors.DownloadRefused,
        $"cannot download {WebAddress.Shown(url)}: invalid response status {status}",
        status switch
        {
            401 or 403 => "a secret HTTP_AUTH_TOKEN_<host> or HTTP_AUTH_HEADER_<host> is sent as Authorization",
            404 or 410 => "there is nothing at this URL",
            _ => null,
        });

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
