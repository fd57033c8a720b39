using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Builder.Testing.Http;

/// <summary>A certificate authority that nobody trusts until told to, for servers on 127.0.0.1 and for clients.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Until = DateTimeOffset.UnixEpoch.AddYears(100);
    private readonly X509Certificate2 root;
    private int serial;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        root = request.CreateSelfSigned(From, Until);
    }

    /// <summary>The authority's own certificate, for whoever is to trust it.</summary>
    public string Pem => root.ExportCertificatePem();

    /// <summary>A certificate for <c>127.0.0.1</c>, <c>localhost</c> and the host of the given name, as server and as client, with its key.</summary>
    public X509Certificate2 Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var issued = request.Create(root, From, Until, [(byte)++serial]);
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate and its key as PEM texts.</summary>
    public (string Certificate, string Key) IssuePem(string name)
    {
        using var certificate = Issue(name);
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => root.Dispose();
}
