using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.EndToEnd.Support;

/// <summary>How a <see cref="RegistryServer"/> is set up; the default is plain HTTP for everybody, with deletion.</summary>
public sealed record RegistrySetup
{
    /// <summary>The only login of a set-up with Basic authentication.</summary>
    public const string User = "ada";

    public const string Password = "lovelace";

    /// <summary>bcrypt of the password: the only form that docker-registry takes.</summary>
    internal const string Htpasswd = User + ":$2b$05$abcdefghijklmnopqrstuuugyJgZetmHGvxwCJ1rpgM8bgT8KJ8.i\n";

    /// <summary>Whose certificate the server has; null for plain HTTP.</summary>
    public TestAuthority? Authority { get; init; }

    /// <summary>Whether clients must show a certificate of the authority.</summary>
    public bool ClientCertificates { get; init; }

    public bool BasicLogin { get; init; }

    public bool RelativeLocations { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>Who signs tokens; null for no tokens.</summary>
    public JwtTokens? Tokens { get; init; }

    /// <summary>A folder with content from another server; null for a new one.</summary>
    public string? Data { get; init; }
}
