using System.Net;
using System.Net.Http.Headers;
using Builder.Registry.Transport;

namespace Builder.Registry.Authentication;

/// <summary>
/// Shows the registry, and only the registry, what it wants to see: nothing until it answers 401, then what its challenge
/// asks for, and from then on the same without being asked. A 401 to a fresh token is final.
/// </summary>
internal sealed class AuthenticationHandler(Authorizations authorizations) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (RegistryCall.Of(request) is not { } call || Origin.Of(request.RequestUri!) != call.Endpoint.Origin)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var known = await authorizations.KnownAsync(call, base.SendAsync, cancellationToken);
        request.Headers.Authorization = known;
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized
            || !Replay.IsPossibleAfterRefusal(request)
            || Challenge.Choose(response.Headers) is not { } challenge)
        {
            return response;
        }

        var answer = await AnswerAsync(call, challenge, known, request.RequestUri!, response, cancellationToken);
        if (answer is null || answer.Equals(known))
        {
            return response;
        }

        response.Dispose();
        request.Headers.Authorization = answer;
        return await base.SendAsync(request, cancellationToken);
    }

    private async Task<AuthenticationHeaderValue?> AnswerAsync(
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
