using System.Buffers;

namespace Builder.Registry.Transport;

/// <summary>
/// Turns the text of a <c>Location</c> header into a URI without changing a character of its path and query:
/// <see cref="Uri"/> would decode <c>%7E</c> and collapse <c>..</c>, and a signed URL would no longer match its signature.
/// </summary>
public static class RawLocation
{
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Null when the text is not an HTTP URL that can be requested as it stands.</summary>
    public static Uri? Resolve(Uri request, string location)
    {
        // With canonicalisation off, nothing else keeps a space from ending the request line early.
        if (location.Length == 0 || location.Any(c => c is <= ' ' or >= '\x7f' or '\\'))
        {
            return null;
        }

        var hash = location.IndexOf('#', StringComparison.Ordinal);
        var target = hash < 0 ? location : location[..hash];
        if (!Uri.TryCreate(Absolute(request, target), Verbatim, out var uri))
        {
            return null;
        }

        var isHttp = uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps;
        return isHttp && uri.UserInfo.Length == 0 && uri.Host.Length > 0 ? uri : null;
    }

    private static string Absolute(Uri request, string target)
    {
        var origin = request.GetLeftPart(UriPartial.Authority);
        if (target.StartsWith("//", StringComparison.Ordinal))
        {
            return $"{request.Scheme}:{target}";
        }

        if (target.StartsWith('/'))
        {
            return origin + target;
        }

        if (HasScheme(target))
        {
            return target;
        }

        // Some registries leave out the scheme: "host:port/v2/…" is meant as an address, not as a path.
        if (target.StartsWith(request.Authority + "/", StringComparison.OrdinalIgnoreCase))
        {
            return $"{request.Scheme}://{target}";
        }

        var path = request.AbsolutePath;
        return target.StartsWith('?') ? origin + path + target : origin + path[..(path.LastIndexOf('/') + 1)] + target;
    }

    private static bool HasScheme(string target)
    {
        var end = target.IndexOf("://", StringComparison.Ordinal);
        return end > 0 && target.AsSpan(0, end).IndexOfAnyExcept(SchemeCharacters) < 0;
    }
}
