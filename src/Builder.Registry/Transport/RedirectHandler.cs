using System.Net;

namespace Builder.Registry.Transport;

/// <summary>
/// Follows redirects. The platform's own follower cannot be used: it drops <c>Authorization</c> even within one origin and
/// rewrites escapes in the target. <c>Authorization</c> is never copied here; <c>AuthenticationHandler</c>, which every
/// hop passes, adds it again where the hop stays with the registry's origin, and nowhere else.
/// </summary>
internal sealed class RedirectHandler : DelegatingHandler
{
    private const int MaxHops = 10;

    /// <summary>Set anew for each hop, where they are due.</summary>
    private static readonly HashSet<string> Forgotten = new(["Authorization", "Cookie", "Host"], StringComparer.OrdinalIgnoreCase);

    /// <summary>All that another origin is told: whatever else the user has configured may be a secret of his registry.</summary>
    private static readonly HashSet<string> Harmless = new(["Accept", "Accept-Encoding", "Range", "User-Agent", "Expect"], StringComparer.OrdinalIgnoreCase);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var current = request;
        for (var hop = 0; ; hop++)
        {
            var response = await base.SendAsync(current, cancellationToken);
            response.RequestMessage = current;
            if (!IsRedirect(response.StatusCode) || !MayFollow(current, response.StatusCode))
            {
                return response;
            }

            using (response)
            {
                var target = Target(current.RequestUri!, response);
                if (hop == MaxHops)
                {
                    throw Refused(current.RequestUri!, $"redirects more than {MaxHops} times");
                }

                current = Follow(current, target);
            }
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    /// <summary>Reads may always go on; anything else only where method and body are to be kept and can be sent again.</summary>
    private static bool MayFollow(HttpRequestMessage request, HttpStatusCode status) =>
        request.Method == HttpMethod.Get || request.Method == HttpMethod.Head
        || ((int)status is 307 or 308 && Replay.IsPossibleAfterRefusal(request));

    private static Uri Target(Uri from, HttpResponseMessage response)
    {
        var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
        var target = location is null ? null : RawLocation.Resolve(from, location);
        return OnwardAddress.WhyRefused(from, target) is { } why ? throw Refused(from, $"redirects {why}") : target!;
    }

    private static HttpRequestMessage Follow(HttpRequestMessage request, Uri target)
    {
        var next = new HttpRequestMessage(request.Method, target)
        {
            Content = request.Content,
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
        };
        var staysHome = Origin.Of(request.RequestUri!) == Origin.Of(target);
        foreach (var header in request.Headers.NonValidated)
        {
            if (staysHome ? !Forgotten.Contains(header.Key) : Harmless.Contains(header.Key))
            {
                next.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        if (RegistryCall.Of(request) is { } call)
        {
            next.Options.Set(RegistryCall.Key, call);
        }

        return next;
    }

    private static RegistryException Refused(Uri from, string what) =>
        new(RegistryErrors.RefusedRedirect, $"{from.Authority} {what}; refused") { Host = from.Authority, Url = SafeUrl.Of(from) };
}
