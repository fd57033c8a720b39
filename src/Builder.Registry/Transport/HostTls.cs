using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Builder.Registry.Transport;

/// <summary>
/// What one host's folder in <c>certs.d</c> says about TLS with it (docker and containers layout): every <c>*.crt</c> is an
/// authority that is trusted for this host besides the machine's own, every <c>NAME.cert</c> with <c>NAME.key</c> proves who we are.
/// </summary>
internal sealed class HostTls
{
    private readonly X509Certificate2Collection authorities = [];
    private readonly X509Certificate2Collection clients = [];

    private HostTls()
    {
    }

    /// <summary>The TLS of a host; null when nothing is special about it.</summary>
    /// <param name="authority">Host, and port unless it is 443.</param>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.Certificate"/>.</exception>
    public static HostTls? Of(string authority, RegistryOptions options)
    {
        var tls = new HostTls();
        foreach (var folder in FoldersOf(authority, options))
        {
            tls.Read(folder);
        }

        foreach (var file in options.Hosts.GetValueOrDefault(authority)?.Authorities ?? [])
        {
            tls.ReadAuthorities(file);
        }

        foreach (var (certificate, key) in options.Hosts.GetValueOrDefault(authority)?.Clients ?? [])
        {
            tls.ReadClient(certificate, key);
        }

        return tls.authorities.Count + tls.clients.Count == 0 ? null : tls;
    }

    /// <summary>Whether somebody has put certificates for a host on this machine, who will not mean plain HTTP.</summary>
    public static bool IsConfigured(string authority, RegistryOptions options) => FoldersOf(authority, options).Any();

    public void Apply(SslClientAuthenticationOptions ssl)
    {
        if (clients.Count > 0)
        {
            ssl.ClientCertificates = clients;
        }

        if (authorities.Count > 0)
        {
            ssl.RemoteCertificateValidationCallback = IsTrusted;
        }
    }

    private static IEnumerable<string> FoldersOf(string authority, RegistryOptions options)
    {
        string[] names = authority switch
        {
            "registry-1.docker.io" => [authority, "docker.io"],
            _ when !authority.EndsWith(']') && authority.LastIndexOf(':') < 0 => [authority, authority + ":443"],
            _ => [authority],
        };
        var own = options.Hosts.GetValueOrDefault(authority)?.CertificateFolder;
        return options.CertificateFolders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).Where(Directory.Exists).Concat(own is null ? [] : [own]);
    }

    /// <summary>Only the chain may be mended: a certificate for another host stays one.</summary>
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(server);
    }

    private void Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw Unusable(folder, "there is no such folder", null);
        }

        // In the order of their names, so that the same folder always means the same.
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            switch (Path.GetExtension(file))
            {
                case ".crt":
                    ReadAuthorities(file);
                    break;
                case ".cert":
                    ReadClient(file, Path.ChangeExtension(file, ".key"));
                    break;
                case ".key" when !File.Exists(Path.ChangeExtension(file, ".cert")):
                    throw Unusable(file, "there is no certificate of the same name (.cert) beside it", null);
            }
        }
    }

    private void ReadAuthorities(string file)
    {
        try
        {
            var before = authorities.Count;
            authorities.ImportFromPemFile(file);
            if (authorities.Count == before)
            {
                authorities.Add(X509CertificateLoader.LoadCertificateFromFile(file));
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, "it is no certificate that can be read", e);
        }
    }

    private void ReadClient(string certificate, string key)
    {
        try
        {
            // One file may hold both.
            clients.Add(File.Exists(key) ? X509Certificate2.CreateFromPemFile(certificate, key) : X509Certificate2.CreateFromPemFile(certificate));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(certificate, $"it does not make a pair with {Path.GetFileName(key)}", e);
        }
    }

    private static RegistryException Unusable(string file, string why, Exception? inner) =>
        new(RegistryErrors.Certificate, $"{file} cannot be used: {why}", "*.crt are authorities; NAME.cert and NAME.key are a client's certificate and key, all in PEM", inner: inner);
}
