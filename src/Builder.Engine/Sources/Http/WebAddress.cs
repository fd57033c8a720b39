using System.Net;
using System.Text;
using Builder.Diagnostics;
using Builder.Registry.Transport;

namespace Builder.Engine.Sources.Http;

/// <summary>An http or https URL as it is requested: without fragment, its user and password taken out.</summary>
/// <param name="Authorization">What the URL's own user and password come to; null without any.</param>
internal sealed record WebAddress(Uri Uri, string? Authorization)
{
    /// <exception cref="BuilderException"><see cref="SourceErrors.DownloadFailed"/>.</exception>
    public static WebAddress Parse(string url)
    {
        var text = Encode(url);
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        var authority = end < 0 ? text[start..] : text.Substring(start, end);
        var at = authority.LastIndexOf('@');
        var rest = end < 0 ? "/" : text[(start + end)..];
        var bare = text[..start] + authority[(at + 1)..] + (rest[0] == '/' ? rest : "/" + rest);
        var uri = Uri.TryCreate(bare, UriKind.Absolute, out var origin) && origin.Host.Length > 0 ? RawLocation.Resolve(origin, bare) : null;
        return uri is null
            ? throw new BuilderException(SourceErrors.DownloadFailed, $"{Shown(url)} is not an address that can be downloaded from")
            : new WebAddress(uri, at < 0 ? null : Basic(authority[..at]));
    }

    /// <summary>The URL as it may be shown: without user, password, query and fragment, which is where secrets travel.</summary>
    public static string Shown(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : scheme + 3;
        var end = url.AsSpan(start).IndexOfAny('?', '#');
        var rest = end < 0 ? url[start..] : url.Substring(start, end);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var at = rest.LastIndexOf('@', slash < 0 ? rest.Length - 1 : slash);
        return url[..start] + (scheme < 0 || at < 0 ? rest : rest[(at + 1)..]);
    }

    public static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.Host, other.Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a host is this machine or its own link, which no server elsewhere has any business to send us to.</summary>
    public static bool IsLocal(Uri uri) =>
        uri.IsLoopback || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address)
            && (address.IsIPv6LinkLocal || (address.GetAddressBytes() is [169, 254, ..] or [0, ..])));

    private static string Basic(string userInfo) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(userInfo)));

    /// <summary>People write blanks and umlauts; what is encoded already stays as it is.</summary>
    private static string Encode(string url)
    {
        var text = new StringBuilder();
        foreach (var rune in url.EnumerateRunes())
        {
            text.Append(rune.Value is > ' ' and < 0x7f and not '\\' ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        }

        return text.ToString();
    }
}
