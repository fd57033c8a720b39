using Builder.Registry.Authentication;
using Builder.Registry.Routing;

namespace Builder.Registry;

/// <summary>How a <see cref="RegistryClient"/> behaves; every default is right for a public registry.</summary>
public sealed record RegistryOptions
{
    /// <summary>
    /// Hosts (<c>host</c> or <c>host:port</c>) that speak plain HTTP. Loopback addresses do without being listed;
    /// nothing else ever does.
    /// </summary>
    public IReadOnlyList<string> PlainHttp { get; init; } = [];

    /// <summary>Loopback hosts (<c>host</c> or <c>host:port</c>) that speak TLS all the same. Port 443 always does.</summary>
    public IReadOnlyList<string> Tls { get; init; } = [];

    /// <summary>
    /// Hosts (<c>host</c> or <c>host:port</c>) that the user does not insist on protection for: their certificates are not
    /// checked, and where they speak no TLS, plain HTTP is used. Asked once, when the host is first needed.
    /// </summary>
    public IReadOnlyList<string> Insecure { get; init; } = [];

    /// <summary>
    /// Folders that have a folder for each host (<c>host</c> or <c>host:port</c>) with certificates: <c>*.crt</c> authorities,
    /// <c>*.cert</c> and <c>*.key</c> client pairs. Such a host speaks TLS even on loopback.
    /// </summary>
    public IReadOnlyList<string> CertificateFolders { get; init; } = [];

    /// <summary>What is particular to a host, by <c>host</c> or <c>host:port</c> (port 443 left out).</summary>
    public IReadOnlyDictionary<string, HostSettings> Hosts { get; init; } = new Dictionary<string, HostSettings>();

    /// <summary>Mirrors and other detours; null to ask every registry itself.</summary>
    public IImageSources? Sources { get; init; }

    public ICredentialSource Credentials { get; init; } = AnonymousCredentials.Instance;

    /// <summary>Through whom hosts are reached; by default through whom the environment says (<c>https_proxy</c>, <c>no_proxy</c> and their like), loopback never.</summary>
    public System.Net.IWebProxy Proxy { get; init; } = new Transport.EnvironmentProxy(Environment.GetEnvironmentVariable);

    public string UserAgent { get; init; } = "builder/0.1";

    /// <summary>From how many missing bytes on a blob is fetched in several ranges at once.</summary>
    public long RangesFrom { get; init; } = 64 << 20;

    /// <summary>The length of such a range, in bytes.</summary>
    public long RangeSize { get; init; } = 16 << 20;

    /// <summary>How many ranges of one blob are fetched at once; 1 for never more than one connection a blob.</summary>
    public int RangesAtOnce { get; init; } = 4;

    /// <summary>How often one request is tried before its failure is final.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before the second attempt; it doubles with each further one, up to 32 times this.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest <c>Retry-After</c> that is waited for; a longer one fails at once.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a server may take to begin its answer.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a body may go without a byte before the connection counts as lost.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Receives each distinct <c>Warning</c> text that registries send, once; may be called from any thread.</summary>
    public Action<RegistryWarning>? OnWarning { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// A number in [0, 1) that spreads pauses, so that a fleet that failed together does not come back together.
    /// </summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;
}

/// <summary>How TLS is done with one host, and what it is told.</summary>
public sealed record HostSettings
{
    /// <summary>A folder of certificates for this host alone, laid out as those in <see cref="RegistryOptions.CertificateFolders"/>.</summary>
    public string? CertificateFolder { get; init; }

    /// <summary>PEM files of authorities that are trusted for this host besides the machine's.</summary>
    public IReadOnlyList<string> Authorities { get; init; } = [];

    /// <summary>PEM files that prove who we are; the key may be in the certificate's file.</summary>
    public IReadOnlyList<(string Certificate, string Key)> Clients { get; init; } = [];

    /// <summary>Take any certificate.</summary>
    public bool SkipVerify { get; init; }

    /// <summary>Headers for every request to this host, and to no other.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>A remark that a registry's operator makes to its users (distribution-spec, "Warnings").</summary>
public sealed record RegistryWarning(string Host, string Text);
