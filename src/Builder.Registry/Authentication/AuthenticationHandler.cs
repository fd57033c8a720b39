using System.Net;
using System.Net.Http.Headers;
using Builder.Registry.Transport;

namespace Builder.Registry.Authentication;

/// <summary>
/// Shows the registry, and only the registry, what it wants to see: nothing until it answers 401, then what its challenge
/// asks for, and from then on the same without being asked. A 401 to a fresh token is final, unless it asks for a scope that
/// the token was not asked for.
/// </summary>
internal sealed class AuthenticationHandler(Authorizations authorizations) : DelegatingHandler
{
    /// <summary>One for the first challenge, one for a registry that names further scopes when it sees the token.</summary>
    private const int MaxAnswers = 2;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (RegistryCall.Of(request) is not { } call || Origin.Of(request.RequestUri!) != call.Endpoint.Origin)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var shown = await authorizations.KnownAsync(call, base.SendAsync, cancellationToken);
        request.Headers.Authorization = shown;
        var response = await base.SendAsync(request, cancellationToken);
        Grant? granted = null;
        for (var answers = 0; answers < MaxAnswers && response.StatusCode == HttpStatusCode.Unauthorized; answers++)
        {
            var (challenge, asked) = await ChallengeAsync(call, request, response, cancellationToken);
            if (challenge is null || (granted is not null && (granted.Scopes is null || granted.Scopes.Covers(TokenScopes.Parse(challenge["scope"])))))
            {
                return response;
            }

            granted = await AnswerAsync(call, challenge, shown, asked, response, cancellationToken);

            // A body that cannot be sent again is its owner's business, who starts anew and is shown as known then.
            if (granted is null || granted.Header.Equals(shown) || !Replay.IsPossibleAfterRefusal(request))
            {
                return response;
            }

            response.Dispose();
            request.Headers.Authorization = shown = granted.Header;
            response = await base.SendAsync(request, cancellationToken);
        }

        return response;
    }

    /// <summary>What a 401 asks for; some registries say so only at the base of the API.</summary>
    private async Task<(Challenge? Challenge, Uri Asked)> ChallengeAsync(RegistryCall call, HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (Challenge.Choose(response.Headers) is { } challenge)
        {
            return (challenge, request.RequestUri!);
        }

        if (response.Headers.Contains("WWW-Authenticate") || call.Endpoint.Registry == request.RequestUri)
        {
            return (null, request.RequestUri!);
        }

        using var ping = new HttpRequestMessage(HttpMethod.Get, call.Endpoint.Registry);
        using var answer = await base.SendAsync(ping, cancellationToken);
        return (answer.StatusCode == HttpStatusCode.Unauthorized ? Challenge.Choose(answer.Headers) : null, call.Endpoint.Registry);
    }

    private async Task<Grant?> AnswerAsync(
        RegistryCall call, Challenge challenge, AuthenticationHeaderValue? rejected, Uri asked, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await authorizations.AnswerAsync(call, challenge, rejected, asked, base.SendAsync, cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
