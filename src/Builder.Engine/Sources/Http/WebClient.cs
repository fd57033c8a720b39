using System.Net;
using Builder.Diagnostics;
using Builder.Registry.Transport;

namespace Builder.Engine.Sources.Http;

/// <summary>
/// Sends one GET and follows redirects. The platform's own follower is not used: it rewrites escapes in the target, which
/// breaks signed URLs. <c>Authorization</c> goes to the origin that it was meant for and to no other.
/// </summary>
internal sealed class WebClient(SourceOptions options) : IDisposable
{
    private const int MaxHops = 10;

    private readonly HttpMessageInvoker sockets = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
    });

    /// <param name="prepare">Adds the headers of the request; called for each hop.</param>
    /// <returns>The first answer that is no redirect, its body yet to be read.</returns>
    /// <exception cref="BuilderException"><see cref="SourceErrors.UnsafeRedirect"/>.</exception>
    /// <exception cref="TimeoutException">No head of an answer in time.</exception>
    public async Task<HttpResponseMessage> GetAsync(WebAddress address, string? authorization, Action<HttpRequestMessage> prepare, CancellationToken cancellationToken)
    {
        var uri = address.Uri;
        for (var hop = 0; ; hop++)
        {
            // The response owns its request from here on.
            var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.TryAddWithoutValidation("User-Agent", options.UserAgent);

            // Digests are of the bytes as they are stored: nobody on the way may compress them.
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
            if ((authorization ?? address.Authorization) is { } credentials && WebAddress.SameOrigin(uri, address.Uri))
            {
                request.Headers.TryAddWithoutValidation("Authorization", credentials);
            }

            prepare(request);
            var response = await SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                return response;
            }

            using (response)
            {
                uri = hop < MaxHops ? Target(uri, response) : throw Refused(uri, $"redirects more than {MaxHops} times");
            }
        }
    }

    public void Dispose() => sockets.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(options.Silence);
        try
        {
            return await sockets.SendAsync(request, silence.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("no answer in time", e);
        }
    }

    private static Uri Target(Uri from, HttpResponseMessage response)
    {
        var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
        var target = location is null ? null : RawLocation.Resolve(from, location);
        return target is null ? throw Refused(from, "redirects to something that is not an http address")
            : from.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps ? throw Refused(from, $"redirects from https to plain http at {target.Authority}")
            : WebAddress.IsLocal(target) && !WebAddress.IsLocal(from) ? throw Refused(from, $"redirects to {target.Authority}, an address of this machine")
            : target;
    }

    private static BuilderException Refused(Uri from, string what) =>
        new(SourceErrors.UnsafeRedirect, $"{WebAddress.Shown(from.OriginalString)} {what}", "give the URL that is meant in the end, if you trust it");
}
