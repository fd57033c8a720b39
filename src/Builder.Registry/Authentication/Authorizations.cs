using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Builder.Registry.Transport;

namespace Builder.Registry.Authentication;

/// <summary>Sends a request past the authentication handler.</summary>
internal delegate Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken);

/// <summary>
/// What has been obtained so far, by registry and scope. One request at a time obtains for a scope while the others wait
/// for its result: sixteen layers must not ask for sixteen tokens. A token that allows more serves for what needs less.
/// </summary>
internal sealed class Authorizations(RegistryOptions options)
{
    private readonly ConcurrentDictionary<Origin, Grants> registries = new();
    private readonly ConcurrentDictionary<(Origin Registry, string Scopes), SemaphoreSlim> gates = new();

    /// <summary>What worked before, renewed when it is about to expire; null when the registry has not asked yet.</summary>
    public async Task<AuthenticationHeaderValue?> KnownAsync(RegistryCall call, Send send, CancellationToken cancellationToken)
    {
        if (!registries.TryGetValue(call.Endpoint.Origin, out var grants) || grants.Find(call) is not { } granted)
        {
            return null;
        }

        return granted.IsFresh(options.Time)
            ? granted.Header
            : (await AnswerAsync(call, granted.Challenge, granted.Header, granted.Asked, send, cancellationToken))?.Header;
    }

    /// <summary>Answers a challenge; null when that takes credentials and there are none.</summary>
    /// <param name="rejected">What the registry has just refused, so that it is not handed out again.</param>
    public async Task<Grant?> AnswerAsync(
        RegistryCall call, Challenge challenge, AuthenticationHeaderValue? rejected, Uri asked, Send send, CancellationToken cancellationToken)
    {
        var origin = call.Endpoint.Origin;
        var grants = registries.GetOrAdd(origin, _ => new Grants());
        var needed = TokenScopes.Parse(call.Scope).Union(TokenScopes.Parse(challenge["scope"]));
        var gate = gates.GetOrAdd((origin, challenge.IsBearer ? needed.ToString() : call.Endpoint.Repository), _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            grants.Forget(rejected);
            if (grants.Find(call.Endpoint.Repository, needed) is { } granted && granted.IsFresh(options.Time))
            {
                return granted;
            }

            var credential = await options.Credentials.FindAsync(call.Endpoint.Domain, call.Endpoint.Repository, cancellationToken);
            var obtained = challenge.IsBearer
                ? await BearerAsync(call, challenge, credential, needed, asked, grants, send, cancellationToken)
                : Basic(call, challenge, credential, asked);
            if (obtained is not null)
            {
                grants.Add(obtained);
            }

            return obtained;
        }
        finally
        {
            gate.Release();
        }
    }

    private static Grant? Basic(RegistryCall call, Challenge challenge, Credential? credential, Uri asked) =>
        credential is { Kind: CredentialKind.Password }
            ? new Grant(BasicHeader(credential), call.Endpoint.Repository, null, DateTimeOffset.MaxValue, challenge, asked)
            : null;

    private async Task<Grant> BearerAsync(
        RegistryCall call, Challenge challenge, Credential? credential, TokenScopes needed, Uri asked, Grants grants, Send send, CancellationToken cancellationToken)
    {
        if (credential is { Kind: CredentialKind.RegistryToken })
        {
            return new Grant(new AuthenticationHeaderValue("Bearer", credential.Secret), call.Endpoint.Repository, null, DateTimeOffset.MaxValue, challenge, asked);
        }

        var server = TokenServer.Of(challenge, asked, call.Endpoint.Domain, send, options);
        var refreshKey = (server.Realm.AbsoluteUri, call.Endpoint.Repository);
        var token = await server.GetTokenAsync(needed, credential, grants.RefreshTokens.GetValueOrDefault(refreshKey), cancellationToken);
        if (token.RefreshToken is { } refresh)
        {
            grants.RefreshTokens[refreshKey] = refresh;
        }

        // Counted from here: the server's own "issued_at" is of a clock that we do not share.
        var renewAt = options.Time.GetUtcNow() + (token.Lifetime * 0.9);
        return new Grant(new AuthenticationHeaderValue("Bearer", token.Value), call.Endpoint.Repository, needed, renewAt, challenge, asked);
    }

    internal static AuthenticationHeaderValue BasicHeader(Credential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Secret}")));

    /// <summary>All that one registry has granted.</summary>
    private sealed class Grants
    {
        private readonly Lock gate = new();
        private readonly List<Grant> all = [];

        /// <summary>Refresh tokens that came with tokens, by token server and the repository whose credentials they stand for.</summary>
        public ConcurrentDictionary<(string Realm, string Repository), string> RefreshTokens { get; } = new();

        public Grant? Find(RegistryCall call) => Find(call.Endpoint.Repository, TokenScopes.Parse(call.Scope));

        public Grant? Find(string repository, TokenScopes needed)
        {
            lock (gate)
            {
                return all.FindLast(grant => grant.IsGoodFor(repository, needed));
            }
        }

        public void Add(Grant grant)
        {
            lock (gate)
            {
                // What it replaces has expired, or allows no more than this one.
                all.RemoveAll(old => old.Repository == grant.Repository && (grant.Scopes is null || old.Scopes is null || grant.Scopes.Covers(old.Scopes)));
                all.Add(grant);
            }
        }

        public void Forget(AuthenticationHeaderValue? rejected)
        {
            lock (gate)
            {
                all.RemoveAll(grant => grant.Header.Equals(rejected));
            }
        }
    }
}
