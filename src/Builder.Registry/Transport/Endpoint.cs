using Builder.Oci;

namespace Builder.Registry.Transport;

/// <summary>Where a repository is on the wire.</summary>
internal sealed record Endpoint(Uri Registry, string Domain, string Repository)
{
    /// <summary>Docker Hub's registry does not live at the domain that its images are named after.</summary>
    private const string DockerHubHost = "registry-1.docker.io";

    public Origin Origin => Origin.Of(Registry);

    /// <summary>What a token must allow for reading (distribution token specification).</summary>
    public string PullScope => $"repository:{Repository}:pull";

    /// <exception cref="RegistryException"><see cref="RegistryErrors.UnknownHost"/>: the domain makes no URL.</exception>
    public static Endpoint Of(ImageReference reference, RegistryOptions options)
    {
        var host = reference.Domain == ImageReference.DockerHub ? DockerHubHost : reference.Domain;
        var scheme = SpeaksPlainHttp(host, options) ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        return Uri.TryCreate($"{scheme}://{host}/v2/", UriKind.Absolute, out var registry)
            ? new Endpoint(registry, reference.Domain, reference.Path)
            : throw new RegistryException(RegistryErrors.UnknownHost, $"'{reference.Domain}' is not the address of a registry") { Host = reference.Domain };
    }

    public Uri Manifest(string tagOrDigest) => new(Registry, $"{Repository}/manifests/{tagOrDigest}");

    public Uri Blob(Digest digest) => new(Registry, $"{Repository}/blobs/{digest}");

    private static bool SpeaksPlainHttp(string domain, RegistryOptions options)
    {
        var colon = domain.LastIndexOf(':');
        var (host, port) = colon > domain.LastIndexOf(']') ? (domain[..colon], domain[(colon + 1)..]) : (domain, "");
        if (Lists(options.Tls))
        {
            return false;
        }

        return Lists(options.PlainHttp) || (HostKind.IsLoopback(host) && port != "443");

        bool Lists(IReadOnlyList<string> entries) => entries.Any(entry =>
            entry.Equals(domain, StringComparison.OrdinalIgnoreCase) || entry.Equals(host, StringComparison.OrdinalIgnoreCase));
    }
}
