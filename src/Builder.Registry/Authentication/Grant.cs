using System.Net.Http.Headers;

namespace Builder.Registry.Authentication;

/// <summary>Something that a registry has accepted, or is about to be shown for the first time.</summary>
/// <param name="Repository">Whose credentials it was obtained with: sources may tell repositories apart.</param>
/// <param name="Scopes">What it is good for; null for a password, which is good for all of the repository.</param>
/// <param name="RenewAt">When another one is to be got.</param>
/// <param name="Challenge">What it answers, so that the next one can be got without being asked.</param>
/// <param name="Asked">The request that was challenged.</param>
internal sealed record Grant(AuthenticationHeaderValue Header, string Repository, TokenScopes? Scopes, DateTimeOffset RenewAt, Challenge Challenge, Uri Asked)
{
    public bool IsFresh(TimeProvider time) => time.GetUtcNow() < RenewAt;

    public bool IsGoodFor(string repository, TokenScopes needed) => Scopes is null ? Repository == repository : Scopes.Covers(needed) && !needed.IsEmpty;

    /// <summary>Never the header: this text ends up in logs.</summary>
    public override string ToString() => $"{Header.Scheme} for {Scopes?.ToString() ?? Repository}";
}
