using System.Net;

namespace Builder.Registry.Transport;

/// <summary>
/// The proxies that the environment names: <c>http_proxy</c>, <c>https_proxy</c>, <c>all_proxy</c>, <c>no_proxy</c>, in small
/// letters or capitals. The platform's own reading knows no networks in <c>no_proxy</c> and sends even loopback to the proxy,
/// where the registry of this machine is not; here they mean what they mean to Docker and Podman.
/// </summary>
internal sealed class EnvironmentProxy : IWebProxy
{
    private readonly Uri? http;
    private readonly Uri? https;
    private readonly NoProxyList exceptions;

    /// <param name="variable">The environment.</param>
    public EnvironmentProxy(Func<string, string?> variable)
    {
        var login = new ProxyLogins();
        http = Read(Value("http_proxy") ?? Value("all_proxy"), login);
        https = Read(Value("https_proxy") ?? Value("all_proxy"), login);
        exceptions = new NoProxyList(Value("no_proxy") ?? "");
        Credentials = login;

        string? Value(string name) =>
            variable(name) is { Length: > 0 } small ? small : variable(name.ToUpperInvariant()) is { Length: > 0 } large ? large : null;
    }

    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) =>
        IsBypassed(destination) ? null : destination.Scheme == Uri.UriSchemeHttps ? https : http;

    public bool IsBypassed(Uri host) => HostKind.IsLoopback(host.Host) || exceptions.Contains(host.Host, host.Port);

    /// <summary>The address without the login in it, which is remembered apart; null for what is no address.</summary>
    private static Uri? Read(string? text, ProxyLogins logins)
    {
        if (text is null || !Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var given))
        {
            return null;
        }

        var proxy = new UriBuilder(given.Scheme, given.Host, given.Port).Uri;
        if (given.UserInfo.Length > 0)
        {
            var colon = given.UserInfo.IndexOf(':', StringComparison.Ordinal);
            var (user, password) = colon < 0 ? (given.UserInfo, "") : (given.UserInfo[..colon], given.UserInfo[(colon + 1)..]);
            logins.Add(proxy, new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password)));
        }

        return proxy;
    }

    /// <summary>Each proxy's own login, for each way of showing it that needs nothing of this machine's.</summary>
    private sealed class ProxyLogins : ICredentials
    {
        private readonly Dictionary<string, NetworkCredential> byAuthority = [];

        public void Add(Uri proxy, NetworkCredential login) => byAuthority[proxy.Authority] = login;

        public NetworkCredential? GetCredential(Uri uri, string authType) =>
            authType is "Basic" or "Digest" ? byAuthority.GetValueOrDefault(uri.Authority) : null;
    }
}
