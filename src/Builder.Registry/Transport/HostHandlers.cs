using System.Collections.Concurrent;
using System.Net;

namespace Builder.Registry.Transport;

/// <summary>
/// The end of the pipeline: sockets. TLS settings belong to a whole handler, so a host with certificates of its own, or
/// with none that anybody checks, has a handler of its own; all others share one.
/// </summary>
internal sealed class HostHandlers(RegistryOptions options) : HttpMessageHandler
{
    private readonly Lazy<HttpMessageInvoker> ordinary = new(() => new HttpMessageInvoker(Sockets(options)));
    private readonly ConcurrentDictionary<string, Lazy<HttpMessageInvoker>> byHost = new(StringComparer.OrdinalIgnoreCase);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        var handler = uri.Scheme == Uri.UriSchemeHttps ? byHost.GetOrAdd(uri.Authority, host => new Lazy<HttpMessageInvoker>(() => Secure(host))) : ordinary;
        return handler.Value.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var handler in byHost.Values.Append(ordinary).Where(handler => handler.IsValueCreated).Select(handler => handler.Value).Distinct())
            {
                handler.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private HttpMessageInvoker Secure(string host)
    {
        var tls = HostTls.Of(host, options);
        var isUnverified = HostLists.Contains(options.Insecure, host) || options.Hosts.GetValueOrDefault(host)?.SkipVerify == true;
        if (tls is null && !isUnverified)
        {
            return ordinary.Value;
        }

        var sockets = Sockets(options);
        tls?.Apply(sockets.SslOptions);
        if (isUnverified)
        {
#pragma warning disable CA5359 // Said by the user, for this host, in so many words.
            sockets.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return new HttpMessageInvoker(sockets);
    }

    private static SocketsHttpHandler Sockets(RegistryOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = options.Proxy,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
    };
}
