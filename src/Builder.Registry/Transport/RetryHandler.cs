using System.Globalization;
using System.Net.Sockets;

namespace Builder.Registry.Transport;

/// <summary>
/// Sends a request again when the failure is likely to pass: throttling, a server's hiccup, a lost connection. Only
/// requests that can be sent twice; a failure that stays leaves as a <see cref="RegistryException"/>, a bad status as it is.
/// </summary>
internal sealed class RetryHandler(RegistryOptions options, HostPauses pauses) : DelegatingHandler
{
    /// <summary>A host that nobody answers at rarely comes up within seconds: the user should hear of it soon.</summary>
    private const int ConnectAttempts = 3;

    /// <summary>Nobody notices a shorter wait.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(2);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        var attempts = Replay.IsPossible(request) ? options.Attempts : 1;
        for (var attempt = 1; ; attempt++)
        {
            await pauses.WaitAsync(uri.Authority, cancellationToken);
            HttpResponseMessage response;
            try
            {
                response = await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException e)
            {
                if (attempt >= Math.Min(attempts, AttemptsAfter(e)))
                {
                    throw ConnectionFailure.Of(uri, e, options.Proxy.GetProxy(uri));
                }

                await Task.Delay(Backoff.Pause(options, attempt), options.Time, cancellationToken);
                continue;
            }

            if (attempt >= attempts || !IsTransient((int)response.StatusCode))
            {
                return response;
            }

            var asked = RetryAfter.Of(response, options.Time);
            if (asked > options.LongestPause)
            {
                return response;
            }

            var why = Reason(response);
            response.Dispose();
            if (asked is { } pause)
            {
                if (pauses.Pause(uri.Authority, pause) && pause >= WorthTelling)
                {
                    options.OnWarning?.Invoke(new RegistryWarning(uri.Authority, string.Create(CultureInfo.InvariantCulture, $"asks to wait {Math.Ceiling(pause.TotalSeconds)} s ({why})")));
                }
            }
            else
            {
                await Task.Delay(Backoff.Pause(options, attempt), options.Time, cancellationToken);
            }
        }
    }

    private static bool IsTransient(int status) => status is 408 or 425 or 429 or 499 or 500 or 502 or 503 or 504 or (>= 520 and <= 527);

    private static string Reason(HttpResponseMessage response) =>
        ((int)response.StatusCode == 429 ? "rate limit" : $"it answers {(int)response.StatusCode}") + (RateLimit.Of(response) is { } limit ? $", {limit}" : "");

    private int AttemptsAfter(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => 1,
        HttpRequestError.NameResolutionError => e.InnerException is SocketException { SocketErrorCode: SocketError.TryAgain } ? ConnectAttempts : 1,
        HttpRequestError.ConnectionError => ConnectAttempts,
        HttpRequestError.ProxyTunnelError when ConnectionFailure.ProxyStatus(e) is >= 400 and < 500 => 1,
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => 1,
        _ => options.Attempts,
    };
}
