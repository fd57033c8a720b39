using Builder.Oci;

namespace Builder.Registry.Authentication.Stores;

/// <summary>
/// Under which names a registry's login is filed. Docker files Docker Hub under an address of 2013 and others under their host,
/// at times with a scheme and a version path; Podman files hosts and repositories.
/// </summary>
internal static class RegistryKey
{
    private const string DockerHub = "https://index.docker.io/v1/";

    /// <summary>The name that Docker writes, and hands to helpers.</summary>
    public static string Of(string domain) => domain == ImageReference.DockerHub ? DockerHub : domain;

    /// <summary>The names under which a login for a repository may be found, the most particular first.</summary>
    public static IEnumerable<string> Candidates(string domain, string repository)
    {
        for (var path = repository; path.Length > 0; path = path[..Math.Max(path.LastIndexOf('/'), 0)])
        {
            yield return $"{domain}/{path}";
        }

        yield return domain;
    }

    /// <summary>A key of a file in the form of <see cref="Candidates"/>.</summary>
    public static string Normalize(string key)
    {
        var separator = key.IndexOf("://", StringComparison.Ordinal);
        var name = (separator < 0 ? key : key[(separator + 3)..]).TrimEnd('/');
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var (host, path) = slash < 0 ? (name, "") : (name[..slash], name[slash..]);
        if (separator >= 0 || path is "/v1" or "/v2")
        {
            path = "";
        }

        return (host.ToLowerInvariant() is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DockerHub : host.ToLowerInvariant()) + path;
    }
}
