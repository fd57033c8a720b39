using Builder.Registry.Authentication;

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

    public ICredentialSource Credentials { get; init; } = AnonymousCredentials.Instance;

    public string UserAgent { get; init; } = "builder/0.1";

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

/// <summary>A remark that a registry's operator makes to its users (distribution-spec, "Warnings").</summary>
public sealed record RegistryWarning(string Host, string Text);
