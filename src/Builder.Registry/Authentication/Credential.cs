namespace Builder.Registry.Authentication;

/// <summary>What a <see cref="Credential.Secret"/> is.</summary>
public enum CredentialKind
{
    /// <summary>A password, or an access token that stands in for one.</summary>
    Password,

    /// <summary>An OAuth2 refresh token: the token server turns it into tokens, nobody else takes it (Docker's <c>identitytoken</c>).</summary>
    IdentityToken,

    /// <summary>A bearer token that is shown to the registry as it is (Docker's <c>registrytoken</c>).</summary>
    RegistryToken,
}

/// <summary>A user name and what proves it.</summary>
public sealed record Credential(string UserName, string Secret)
{
    public CredentialKind Kind { get; init; }

    /// <summary>Never the secret: this text ends up in logs.</summary>
    public override string ToString() => $"{UserName}:***";
}
