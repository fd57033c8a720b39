using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Builder.Testing.Http;

namespace Builder.Testing.Registries;

/// <summary>
/// A token server whose tokens real registries accept: JWTs signed with a certificate that the registry is told to trust
/// (distribution, "Token Authentication Implementation").
/// </summary>
public sealed class JwtTokens : IAsyncDisposable
{
    public const string Service = "test registry";
    public const string Issuer = "test issuer";
    /// <summary>For how many seconds after its end the distribution project's registry takes a token all the same.</summary>
    private const int Leeway = 60;

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;
    private readonly TestServer server;

    public JwtTokens()
    {
        certificate = new CertificateRequest("CN=tokens", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        server = new TestServer(Answer);
    }

    public string Realm => $"http://{server.Authority}/token";

    /// <summary>What the registry has to trust.</summary>
    public string CertificatePem => certificate.ExportCertificatePem();

    /// <summary>For how long tokens are good, whatever the answer says.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary><c>user:password</c> that must be shown; null hands out tokens to anybody.</summary>
    public string? Login { get; set; }

    public IReadOnlyList<TestRequest> Requests => server.Requests;

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        certificate.Dispose();
        key.Dispose();
    }

    private TestResponse Answer(TestRequest request)
    {
        if (Login is not null && request["Authorization"] != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login)))
        {
            return TestRegistry.Error(401, "UNAUTHORIZED", "who are you");
        }

        return TestResponse.Json(200, $$"""{"token":"{{Sign(request.Query("scope"))}}","expires_in":{{(int)Lifetime.TotalSeconds}}}""");
    }

    private string Sign(IReadOnlyList<string> scopes)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var access = scopes.SelectMany(scope => scope.Split(' ')).Select(Access);
        var header = $$"""{"typ":"JWT","alg":"ES256","x5c":["{{Convert.ToBase64String(certificate.RawData)}}"]}""";
        var claims = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"iss":"{{Issuer}}","sub":"ada","aud":"{{Service}}","exp":{{now + (long)Lifetime.TotalSeconds - Leeway}},"nbf":{{now - 600}},"iat":{{now}},"jti":"{{Guid.NewGuid():N}}","access":[{{string.Join(',', access)}}]}""");
        var signed = $"{Base64Url(Encoding.UTF8.GetBytes(header))}.{Base64Url(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Access(string scope)
    {
        var (first, last) = (scope.IndexOf(':', StringComparison.Ordinal), scope.LastIndexOf(':'));
        var actions = scope[(last + 1)..].Split(',').Select(action => $"\"{action}\"");
        return $$"""{"type":"{{scope[..first]}}","name":"{{scope[(first + 1)..last]}}","actions":[{{string.Join(',', actions)}}]}""";
    }

    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
