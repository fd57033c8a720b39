using System.Text.RegularExpressions;
using Builder.Diagnostics;

namespace Builder.Oci;

/// <summary>
/// The name of an image: <c>[domain[:port]/]path[:tag][@digest]</c> (the distribution project's reference grammar). Always
/// complete: Docker Hub's domain and <c>library/</c> are filled in, and <c>latest</c> when neither tag nor digest is given.
/// </summary>
/// <param name="Domain">Host and optional port, such as <c>docker.io</c> or <c>localhost:5000</c>.</param>
/// <param name="Path">The repository below the domain.</param>
public sealed partial record ImageReference(string Domain, string Path, string? Tag, Digest? Digest)
{
    public const string DockerHub = "docker.io";
    private const int MaxNameLength = 255;

    /// <summary>Domain and path, without tag or digest.</summary>
    public string Repository => $"{Domain}/{Path}";

    /// <summary>As people write it: without <c>docker.io/</c> and <c>library/</c>.</summary>
    public string Familiar
    {
        get
        {
            var name = Domain != DockerHub ? Repository
                : Path.StartsWith("library/", StringComparison.Ordinal) && Path.IndexOf('/', 8) < 0 ? Path[8..]
                : Path;
            return name + Suffix;
        }
    }

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is { } digest ? "@" + digest : "");

    /// <exception cref="BuilderException"><see cref="OciErrors.InvalidReference"/>.</exception>
    public static ImageReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var reference, out var why)
            ? reference
            : throw new BuilderException(OciErrors.InvalidReference, $"invalid reference format: '{text}': {why}", "write it as [registry/]name[:tag][@digest], all lower case but the tag");
    }

    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ImageReference? reference) => TryParse(text, out reference, out _);

    private static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ImageReference? reference, out string why)
    {
        reference = null;
        Digest? digest = null;
        var rest = text;
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!Oci.Digest.TryParse(rest[(at + 1)..], out var parsed))
            {
                why = "what follows '@' is not a digest";
                return false;
            }

            digest = parsed;
            rest = rest[..at];
        }

        string? tag = null;
        var colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!TagPattern().IsMatch(tag))
            {
                why = "a tag is up to 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'";
                return false;
            }
        }

        var (domain, path) = SplitDomain(rest);
        if (domain.Length + 1 + path.Length > MaxNameLength)
        {
            why = $"the name is longer than {MaxNameLength} characters";
            return false;
        }

        if (!PathPattern().IsMatch(path))
        {
            why = path.Any(char.IsAsciiLetterUpper)
                ? "repository name must be lowercase"
                : "a repository name is made of lower-case letters and digits, separated by '.', '_', '__' or '-', in parts separated by '/'";
            return false;
        }

        if (!DomainPattern().IsMatch(domain))
        {
            why = $"'{domain}' is not a host name with an optional port";
            return false;
        }

        if (tag is null && digest is null && rest.Length == 64 && rest.All(char.IsAsciiHexDigitLower))
        {
            why = "64 hex digits are an image id, not a name";
            return false;
        }

        why = "";
        reference = new ImageReference(domain, path, tag ?? (digest is null ? "latest" : null), digest);
        return true;
    }

    public override string ToString() => Repository + Suffix;

    private static (string Domain, string Path) SplitDomain(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        if (slash < 0 || !(first == "localhost" || first.AsSpan().IndexOfAny('.', ':') >= 0 || first.Any(char.IsAsciiLetterUpper)))
        {
            return (DockerHub, name.Contains('/', StringComparison.Ordinal) ? name : "library/" + name);
        }

        var path = name[(slash + 1)..];
        var domain = first == "index.docker.io" ? DockerHub : first;
        return (domain, domain == DockerHub && !path.Contains('/', StringComparison.Ordinal) ? "library/" + path : path);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"\A(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DomainPattern();
}
