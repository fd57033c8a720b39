using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using Builder.Registry.Transport;

namespace Builder.Registry.Authentication;

/// <summary>Sends a request past the authentication handler.</summary>
internal delegate Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken);

/// <summary>
/// What has been obtained so far, by registry and scope. One request at a time obtains for a scope while the others wait
/// for its result: sixteen layers must not ask for sixteen tokens.
/// </summary>
internal sealed class Authorizations(RegistryOptions options)
{
    private readonly ConcurrentDictionary<(Origin Registry, string Scope), Slot> slots = new();

    /// <summary>What worked before, renewed when it is about to expire; null when the registry has not asked yet.</summary>
    public async Task<AuthenticationHeaderValue?> KnownAsync(RegistryCall call, Send send, CancellationToken cancellationToken)
    {
        if (!slots.TryGetValue((call.Endpoint.Origin, call.Scope), out var slot) || slot.Granted is not { } granted)
        {
            return null;
        }

        return granted.IsFresh(options.Time)
            ? granted.Header
            : await AnswerAsync(call, granted.Challenge, granted.Header, granted.Asked, send, cancellationToken);
    }

    /// <summary>Answers a challenge; null when that takes credentials and there are none.</summary>
    /// <param name="rejected">What the registry has just refused, so that it is not handed out again.</param>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        RegistryCall call, Challenge challenge, AuthenticationHeaderValue? rejected, Uri asked, Send send, CancellationToken cancellationToken)
    {
        var slot = slots.GetOrAdd((call.Endpoint.Origin, call.Scope), _ => new Slot());
        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            if (slot.Granted is { } granted && granted.IsFresh(options.Time) && !granted.Header.Equals(rejected))
            {
                return granted.Header;
            }

            slot.Granted = null;
            var credential = await options.Credentials.FindAsync(call.Endpoint.Domain, call.Endpoint.Repository, cancellationToken);
            slot.Granted = challenge.IsBearer
                ? await BearerAsync(call, challenge, credential, asked, send, cancellationToken)
                : Basic(challenge, credential, asked);
            return slot.Granted?.Header;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    private static Granted? Basic(Challenge challenge, Credential? credential, Uri asked) =>
        credential is null ? null : new Granted(BasicHeader(credential), DateTimeOffset.MaxValue, challenge, asked);

    private async Task<Granted> BearerAsync(RegistryCall call, Challenge challenge, Credential? credential, Uri asked, Send send, CancellationToken cancellationToken)
    {
        var token = await TokenServer.GetTokenAsync(call, challenge, credential, asked, send, options, cancellationToken);

        // Counted from here: the server's own "issued_at" is of a clock that we do not share.
        var renewAt = options.Time.GetUtcNow() + (token.Lifetime * 0.9);
        return new Granted(new AuthenticationHeaderValue("Bearer", token.Value), renewAt, challenge, asked);
    }

    internal static AuthenticationHeaderValue BasicHeader(Credential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Secret}")));

    private sealed record Granted(AuthenticationHeaderValue Header, DateTimeOffset RenewAt, Challenge Challenge, Uri Asked)
    {
        public bool IsFresh(TimeProvider time) => time.GetUtcNow() < RenewAt;
    }

    [SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose wait handle nobody asks for holds nothing.")]
    private sealed class Slot
    {
        public readonly SemaphoreSlim Gate = new(1, 1);
        public volatile Granted? Granted;
    }
}
