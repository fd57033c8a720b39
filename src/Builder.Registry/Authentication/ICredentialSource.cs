namespace Builder.Registry.Authentication;

/// <summary>Where user names and passwords come from.</summary>
public interface ICredentialSource
{
    /// <summary>What to log in with, or null to stay anonymous. Asked only after a registry has answered 401.</summary>
    /// <param name="domain">As in the image reference: <c>docker.io</c>, <c>localhost:5000</c>; a mirror's own, never that of what it mirrors.</param>
    /// <param name="repository">The path below the domain, for sources that tell repositories apart; empty when the registry as a whole is meant.</param>
    ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken);
}

/// <summary>No credentials for anybody.</summary>
public sealed class AnonymousCredentials : ICredentialSource
{
    public static readonly AnonymousCredentials Instance = new();

    private AnonymousCredentials()
    {
    }

    public ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken) => default;
}

/// <summary>One login for one registry, as <c>--creds</c> gives it; everybody else is left to another source.</summary>
public sealed class GivenCredentials(string registry, Credential credential, ICredentialSource others) : ICredentialSource
{
    public ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return domain.Equals(registry, StringComparison.OrdinalIgnoreCase) ? new(credential) : others.FindAsync(domain, repository, cancellationToken);
    }
}
