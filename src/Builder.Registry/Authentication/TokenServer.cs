using System.Net;
using System.Text.Json;
using Builder.Registry.Content;
using Builder.Registry.Transport;

namespace Builder.Registry.Authentication;

/// <summary>Asks for a bearer token with a GET, as every token server understands (distribution "Token Authentication Specification").</summary>
internal static class TokenServer
{
    private const int MaxAnswer = 128 * 1024;

    /// <summary>The specification's default, and the shortest life that is believed.</summary>
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(60);

    public static async Task<Token> GetTokenAsync(
        RegistryCall call, Challenge challenge, Credential? credential, Uri asked, Send send, RegistryOptions options, CancellationToken cancellationToken)
    {
        var realm = Realm(challenge, asked);
        using var request = new HttpRequestMessage(HttpMethod.Get, WithQuery(realm, challenge, call.Scope, credential));
        request.Headers.UserAgent.ParseAdd(options.UserAgent);
        if (credential is not null)
        {
            request.Headers.Authorization = Authorizations.BasicHeader(credential);
        }

        using var response = await send(request, cancellationToken);
        var body = await BoundedBody.TryReadAsync(response, MaxAnswer, options, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw Failure(
                credential is null ? RegistryErrors.Unauthorized : RegistryErrors.Denied,
                credential is null ? "gives no token to an anonymous user" : $"does not accept the login of {credential.UserName}",
                credential is null ? $"log in to {call.Endpoint.Domain}" : $"log in to {call.Endpoint.Domain} again");
        }

        if (!response.IsSuccessStatusCode)
        {
            throw Failure(RegistryErrors.Token, $"answers {(int)response.StatusCode} when asked for a token{ErrorBody.Describe(body)}");
        }

        return Read(body) ?? throw Failure(RegistryErrors.Token, "does not answer with a token");

        RegistryException Failure(Diagnostics.ErrorCode code, string what, string? hint = null) =>
            new(code, $"the token server {realm.Authority} {what}", hint)
            {
                Host = realm.Authority,
                Status = (int)response.StatusCode,
                Url = SafeUrl.Of(realm),
            };
    }

    /// <summary>The realm is the registry's word, and passwords are sent there: it must not be less protected than the registry.</summary>
    private static Uri Realm(Challenge challenge, Uri asked)
    {
        var realm = RawLocation.Resolve(asked, challenge["realm"] ?? "");
        var why = realm is null ? "which is not an HTTP address"
            : asked.Scheme == Uri.UriSchemeHttps && realm.Scheme != Uri.UriSchemeHttps ? "over plain http"
            : HostKind.IsOnlyMeaningfulHere(realm.Host) && !HostKind.IsOnlyMeaningfulHere(asked.Host) ? "an address of this machine"
            : null;
        return why is null
            ? realm!
            : throw new RegistryException(
                RegistryErrors.RefusedRedirect,
                $"{asked.Authority} sends logins to {Printable.Text(challenge["realm"] ?? "", 100)}, {why}; refused") { Host = asked.Authority };
    }

    private static Uri WithQuery(Uri realm, Challenge challenge, string scope, Credential? credential)
    {
        var query = new List<string>();
        Add("service", challenge["service"]);
        foreach (var one in Scopes(challenge["scope"], scope))
        {
            Add("scope", one);
        }

        Add("client_id", "builder");
        Add("account", credential?.UserName);
        var text = realm.OriginalString;
        return RawLocation.Resolve(realm, text + (text.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join('&', query))
            ?? throw new InvalidOperationException("an escaped query cannot spoil a valid address");

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }
    }

    /// <summary>What the challenge wants, or what we need where it does not say. Several scopes are parameters of their own.</summary>
    private static string[] Scopes(string? challenged, string needed)
    {
        var scopes = challenged?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return scopes.Length == 0 ? [needed] : scopes;
    }

    private static Token? Read(byte[]? body)
    {
        try
        {
            var answer = body is null ? null : JsonSerializer.Deserialize(body, RegistryJson.Default.TokenAnswer);
            var value = answer?.Token is { Length: > 0 } token ? token : answer?.AccessToken;
            if (value is not { Length: > 0 } || value.Any(c => c is <= ' ' or >= '\x7f'))
            {
                return null;
            }

            var lifetime = TimeSpan.FromSeconds(Math.Clamp(answer!.ExpiresIn ?? 0, 0, 86400));
            return new Token(value, lifetime < ShortestLifetime ? ShortestLifetime : lifetime);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A bearer token and for how long it is good from when it was received.</summary>
internal sealed record Token(string Value, TimeSpan Lifetime);
