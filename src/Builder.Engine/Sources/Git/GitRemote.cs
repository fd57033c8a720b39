using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Sources.Http;

namespace Builder.Engine.Sources.Git;

/// <summary>A repository's URL, checked before git sees it: what begins with a dash would be an option to git or ssh.</summary>
/// <param name="Url">Without user and password, if it is http.</param>
/// <param name="UserInfo">Those of an http URL; null without any.</param>
internal sealed record GitRemote(string Url, string? UserInfo)
{
    private static readonly string[] Schemes = ["https://", "http://", "ssh://", "git://"];

    public string Shown => WebAddress.Shown(Url);

    /// <summary>
    /// Whether secrets that name no host are meant for it. They are meant for the repository that was asked for, not for
    /// wherever its submodules are.
    /// </summary>
    public bool TakesGeneralSecrets { get; init; } = true;

    public bool IsSsh => Url.StartsWith("ssh://", StringComparison.Ordinal) || !Url.Contains("://", StringComparison.Ordinal);

    /// <exception cref="BuilderException"><see cref="SourceErrors.BadRepository"/>: not one of the four protocols.</exception>
    public static GitRemote Parse(string url)
    {
        var scheme = Array.Find(Schemes, scheme => url.StartsWith(scheme, StringComparison.Ordinal));
        var authority = scheme is null ? url : url[scheme.Length..].Split('/')[0];
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        if (url.StartsWith('-') || authority.StartsWith('-') || host.StartsWith('-') || host.Length == 0 || url.Any(char.IsControl) || (scheme is null && !IsScp(url)))
        {
            throw new BuilderException(
                SourceErrors.BadRepository, $"{WebAddress.Shown(url)} is not a repository that a build may read", "it takes https, http, ssh and git URLs, and user@host:path");
        }

        var at = authority.LastIndexOf('@');
        return scheme is "https://" or "http://" && at >= 0
            ? new GitRemote(scheme + url[(scheme.Length + at + 1)..], authority[..at])
            : new GitRemote(url, null);
    }

    /// <summary>The header that the URL's user, or a secret for its host, comes to.</summary>
    public (string Url, string Header)? Authorization(Func<string, string?> secret)
    {
        if (!Url.StartsWith("http", StringComparison.Ordinal) || !Uri.TryCreate(Url, UriKind.Absolute, out var uri))
        {
            return null;
        }

        string? Find(string name) => secret($"{name}.{uri.Host}") ?? (TakesGeneralSecrets ? secret(name) : null);

        var header = Find("GIT_AUTH_HEADER")
            ?? (Find("GIT_AUTH_TOKEN") is { } token ? Basic("x-access-token:" + token)
            : UserInfo is { } user ? Basic(Uri.UnescapeDataString(user))
            : null);
        return header is null ? null : (uri.GetLeftPart(UriPartial.Authority) + "/", header);
    }

    /// <summary>What a submodule's URL means: <c>./x</c> and <c>../x</c> start from this repository, as git has it.</summary>
    public GitRemote Submodule(string url)
    {
        if (!url.StartsWith("./", StringComparison.Ordinal) && !url.StartsWith("../", StringComparison.Ordinal))
        {
            var elsewhere = Parse(url);
            return elsewhere with { TakesGeneralSecrets = TakesGeneralSecrets && elsewhere.Origin == Origin };
        }

        var top = Url.TrimEnd('/');
        var separator = '/';
        while (true)
        {
            if (url.StartsWith("../", StringComparison.Ordinal))
            {
                url = url[3..];
                var cut = top.LastIndexOfAny(['/', ':']);
                var least = top.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
                if (cut <= least)
                {
                    throw new BuilderException(SourceErrors.BadRepository, $"a submodule of {Shown} lies outside of its server");
                }

                separator = top[cut];
                top = top[..cut];
            }
            else if (url.StartsWith("./", StringComparison.Ordinal))
            {
                url = url[2..];
            }
            else
            {
                return Parse(top + separator + url) with { UserInfo = UserInfo, TakesGeneralSecrets = TakesGeneralSecrets };
            }
        }
    }

    /// <summary>Scheme, host and port; null for ssh, which takes no secrets.</summary>
    private string? Origin => Uri.TryCreate(Url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : null;

    private static string Basic(string user) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user));

    private static bool IsScp(string url)
    {
        var at = url.IndexOf('@', StringComparison.Ordinal);
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        return at > 0 && colon > at + 1 && colon < url.Length - 1 && !url.AsSpan(0, colon).Contains('/') && url[colon + 1] is not (':' or '-');
    }
}
