using System.Net;
using System.Text.Json;
using Builder.Diagnostics;
using Builder.Registry.Content;
using Builder.Registry.Transport;

namespace Builder.Registry.Authentication;

/// <summary>
/// Where a challenge sends for tokens (distribution, "Token Authentication Specification" and "Oauth2 Token
/// Authentication"). A password goes with a GET, which every server understands, and with a POST where the GET does not
/// exist; a refresh token only ever goes with a POST.
/// </summary>
internal sealed class TokenServer
{
    private const int MaxAnswer = 128 * 1024;
    private const string ClientId = "builder";

    /// <summary>The specification's default, and the shortest life that is believed.</summary>
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(60);

    private readonly string? service;
    private readonly string domain;
    private readonly Send send;
    private readonly RegistryOptions options;

    private TokenServer(Uri realm, string? service, string domain, Send send, RegistryOptions options)
    {
        Realm = realm;
        this.service = service;
        this.domain = domain;
        this.send = send;
        this.options = options;
    }

    public Uri Realm { get; }

    /// <summary>The realm is the registry's word, and passwords are sent there: it must not be less protected than the registry.</summary>
    /// <param name="asked">The request that was challenged.</param>
    /// <param name="domain">The registry as the user knows it.</param>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.RefusedRedirect"/>.</exception>
    public static TokenServer Of(Challenge challenge, Uri asked, string domain, Send send, RegistryOptions options)
    {
        var realm = RawLocation.Resolve(asked, challenge["realm"] ?? "");
        var why = realm is null ? "which is not an HTTP address"
            : asked.Scheme == Uri.UriSchemeHttps && realm.Scheme != Uri.UriSchemeHttps ? "over plain http"
            : HostKind.IsOnlyMeaningfulHere(realm.Host) && !HostKind.IsOnlyMeaningfulHere(asked.Host) ? "an address of this machine"
            : HostKind.IsInternal(realm.Host) && !HostKind.IsInternal(asked.Host) ? "an address of an internal network"
            : null;
        return why is null
            ? new TokenServer(realm!, challenge["service"], domain, send, options)
            : throw new RegistryException(
                RegistryErrors.RefusedRedirect,
                $"{asked.Authority} sends logins to {Printable.Text(challenge["realm"] ?? "", 100)}, {why}; refused",
                "no password was sent; whoever runs the registry has to set its token server right") { Host = asked.Authority };
    }

    /// <param name="refreshToken">One that came with an earlier token.</param>
    public async Task<Token> GetTokenAsync(TokenScopes scopes, Credential? credential, string? refreshToken, CancellationToken cancellationToken)
    {
        if (credential is { Kind: CredentialKind.IdentityToken })
        {
            return await RequireAsync(await PostAsync(scopes, credential, ("refresh_token", credential.Secret), cancellationToken), credential, cancellationToken);
        }

        if (refreshToken is not null)
        {
            using var refreshed = await PostAsync(scopes, credential, ("refresh_token", refreshToken), cancellationToken);
            if (refreshed.IsSuccessStatusCode)
            {
                return await RequireAsync(refreshed, credential, cancellationToken);
            }
        }

        var answer = await GetAsync(scopes, credential, cancellationToken);
        if (credential is not null && answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
        {
            answer.Dispose();
            answer = await PostAsync(scopes, credential!, ("password", credential!.Secret), cancellationToken);
        }

        return await RequireAsync(answer, credential, cancellationToken);
    }

    private async Task<HttpResponseMessage> GetAsync(TokenScopes scopes, Credential? credential, CancellationToken cancellationToken)
    {
        var query = scopes.Texts().Select(scope => ("scope", scope)).Prepend(("service", service ?? "")).Append(("client_id", ClientId)).Append(("account", credential?.UserName ?? ""))
            .Where(pair => pair.Item2.Length > 0)
            .Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2)}");
        var text = Realm.OriginalString;
        var uri = RawLocation.Resolve(Realm, text + (text.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join('&', query))
            ?? throw new InvalidOperationException("an escaped query cannot spoil a valid address");
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Authorization = credential is null ? null : Authorizations.BasicHeader(credential);
        return await SendAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> PostAsync(TokenScopes scopes, Credential? credential, (string Name, string Value) proof, CancellationToken cancellationToken)
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", proof.Name), new("client_id", ClientId), new(proof.Name, proof.Value) };
        if (service is not null)
        {
            form.Add(new("service", service));
        }

        if (!scopes.IsEmpty)
        {
            form.Add(new("scope", string.Join(' ', scopes.Texts())));
        }

        if (proof.Name == "password")
        {
            form.Add(new("username", credential!.UserName));
        }

        using var content = new FormUrlEncodedContent(form);
        using var request = new HttpRequestMessage(HttpMethod.Post, Realm) { Content = content };
        return await SendAsync(request, cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.UserAgent.ParseAdd(options.UserAgent);
        return send(request, cancellationToken);
    }

    private async Task<Token> RequireAsync(HttpResponseMessage response, Credential? credential, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = await BoundedBody.TryReadAsync(response, MaxAnswer, options, cancellationToken);
            return response.IsSuccessStatusCode
                ? Read(body) ?? throw Failure(response, RegistryErrors.Token, "does not answer with a token", "is it the registry's token server, or does a proxy or a login page stand in between?")
                : throw Refusal(response, body, credential);
        }
    }

    private RegistryException Refusal(HttpResponseMessage response, byte[]? body, Credential? credential)
    {
        var status = (int)response.StatusCode;
        return (status, credential) switch
        {
            (401 or 403, null) => Failure(response, RegistryErrors.Unauthorized, "gives no token to an anonymous user", $"log in with 'builder login {domain}'"),
            (401 or 403, _) or (400, { Kind: CredentialKind.IdentityToken }) =>
                Failure(response, RegistryErrors.Denied, $"does not accept the login of {credential.UserName}", $"log in again with 'builder login {domain}'"),
            _ => Failure(response, RegistryErrors.Token, $"answers {status} when asked for a token{Redacted(ErrorBody.Describe(body), credential)}", "try again later"),
        };
    }

    /// <summary>A server that quotes what it was sent must not bring a password into a log.</summary>
    private static string Redacted(string text, Credential? credential) =>
        credential is null || credential.Secret.Length == 0 ? text : text.Replace(credential.Secret, "***", StringComparison.Ordinal);

    private RegistryException Failure(HttpResponseMessage response, ErrorCode code, string what, string hint) =>
        new(code, $"the token server {Realm.Authority} {what}", hint)
        {
            Host = Realm.Authority,
            Status = (int)response.StatusCode,
            Url = SafeUrl.Of(Realm),
            RequestId = RequestIds.Of(response),
        };

    private static Token? Read(byte[]? body)
    {
        try
        {
            var answer = body is null ? null : JsonSerializer.Deserialize(body, RegistryJson.Default.TokenAnswer);
            var value = answer?.Token is { Length: > 0 } token ? token : answer?.AccessToken;
            if (!IsHeaderText(value))
            {
                return null;
            }

            var lifetime = TimeSpan.FromSeconds(Math.Clamp(answer!.ExpiresIn ?? 0, 0, 86400));
            return new Token(value!, lifetime < ShortestLifetime ? ShortestLifetime : lifetime, IsHeaderText(answer.RefreshToken) ? answer.RefreshToken : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsHeaderText(string? value) => value is { Length: > 0 } && !value.Any(c => c is <= ' ' or >= '\x7f');
}

/// <summary>A bearer token and for how long it is good from when it was received.</summary>
/// <param name="RefreshToken">What later tokens may be asked for with, instead of the password.</param>
internal sealed record Token(string Value, TimeSpan Lifetime, string? RefreshToken)
{
    /// <summary>Never the token: this text ends up in logs.</summary>
    public override string ToString() => $"a token for {Lifetime}";
}
