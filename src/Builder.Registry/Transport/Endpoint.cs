using Builder.Oci;

namespace Builder.Registry.Transport;

/// <summary>Where a repository is on the wire.</summary>
/// <param name="Registry">The base of the API, <c>https://host/v2/</c>; may have a longer path for a mirror.</param>
/// <param name="Domain">Whose logins are used: the registry as it is called in references.</param>
/// <param name="Repository">The path below the base; empty for the registry as a whole.</param>
internal sealed record Endpoint(Uri Registry, string Domain, string Repository)
{
    /// <summary>Docker Hub's registry does not live at the domain that its images are named after.</summary>
    private const string DockerHubHost = "registry-1.docker.io";

    public Origin Origin => Origin.Of(Registry);

    /// <summary>Whom a mirror that serves several registries should take this one for (distribution-spec, "ns"); null for the registry itself.</summary>
    public string? Namespace { get; init; }

    /// <summary>What a token must allow for reading (distribution token specification); nothing in particular for the base.</summary>
    public string PullScope => Repository.Length == 0 ? "" : $"repository:{Repository}:pull";

    /// <summary>The host and port that a domain of references stands for.</summary>
    public static string HostOf(string domain) => domain == ImageReference.DockerHub ? DockerHubHost : domain;

    /// <exception cref="RegistryException"><see cref="RegistryErrors.UnknownHost"/>: the domain makes no URL.</exception>
    public static Endpoint Of(ImageReference reference, RegistryOptions options) => Of(reference.Domain, reference.Path, SchemeOf(HostOf(reference.Domain), options));

    /// <exception cref="RegistryException"><see cref="RegistryErrors.UnknownHost"/>: the domain makes no URL.</exception>
    public static Endpoint Of(string domain, string repository, string scheme) =>
        Uri.TryCreate($"{scheme}://{HostOf(domain)}/v2/", UriKind.Absolute, out var registry)
            ? new Endpoint(registry, domain, repository)
            : throw new RegistryException(RegistryErrors.UnknownHost, $"'{domain}' is not the address of a registry", "write it as host or host:port") { Host = domain };

    /// <summary>What is spoken with a host that the user insists on being safe with.</summary>
    public static string SchemeOf(string authority, RegistryOptions options)
    {
        if (HostLists.Contains(options.Tls, authority) || HostTls.IsConfigured(authority, options))
        {
            return Uri.UriSchemeHttps;
        }

        var (host, port) = HostLists.Split(authority);
        return HostLists.Contains(options.PlainHttp, authority) || (HostKind.IsLoopback(host) && port != "443") ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
    }

    public Uri Manifest(string tagOrDigest) => Below($"{Repository}/manifests/{tagOrDigest}");

    public Uri Blob(Digest digest) => Below($"{Repository}/blobs/{digest}");

    /// <summary>The first page of the repository's tags.</summary>
    public Uri Tags(int count) => Below($"{Repository}/tags/list?n={count}");

    private Uri Below(string path) =>
        new(Registry, Namespace is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}ns={Uri.EscapeDataString(Namespace)}");
}
