namespace Builder.Registry.Authentication;

/// <summary>Where user names and passwords come from.</summary>
public interface ICredentialSource
{
    /// <summary>What to log in with, or null to stay anonymous. Asked only after a registry has answered 401.</summary>
    /// <param name="domain">As in the image reference: <c>docker.io</c>, <c>localhost:5000</c>.</param>
    /// <param name="repository">The path below the domain, for sources that tell repositories apart.</param>
    ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken);
}

/// <summary>A user name and a password or access token.</summary>
public sealed record Credential(string UserName, string Secret)
{
    /// <summary>Never the secret: this text ends up in logs.</summary>
    public override string ToString() => $"{UserName}:***";
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
