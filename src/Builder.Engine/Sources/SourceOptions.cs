using System.Reflection;

namespace Builder.Engine.Sources;

/// <summary>How far Builder trusts servers, and for how long it waits for them.</summary>
public sealed record SourceOptions
{
    /// <summary>The most bytes of one download, and of one repository.</summary>
    public long MaxDownload { get; init; } = 16L << 30;

    /// <summary>The most bytes that an archive may have when it is unpacked to be a build context.</summary>
    public long MaxUnpacked { get; init; } = 64L << 30;

    /// <summary>How often a download is tried, first time included.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The pause after the first failure; it doubles with each one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause that a server may ask for.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a server may say nothing, before the answer and in it.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a repository may not grow while <c>git</c> fetches it: servers think before they send.</summary>
    public TimeSpan GitSilence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one run of <c>git</c> may talk to a server, whatever it sends.</summary>
    public TimeSpan MaxFetchTime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The program <c>git</c>: a name that is looked up, or a path.</summary>
    public string Git { get; init; } = "git";

    /// <summary>
    /// The secrets that sources look for, by id: <c>HTTP_AUTH_HEADER_host</c>, <c>HTTP_AUTH_TOKEN_host</c>,
    /// <c>GIT_AUTH_HEADER[.host]</c>, <c>GIT_AUTH_TOKEN[.host]</c>. Null for one that there is not. A build looks among
    /// its <see cref="BuildRequest.Secrets"/>.
    /// </summary>
    public Func<string, string?> Secret { get; init; } = _ => null;

    /// <summary>
    /// Finds the socket of the ssh agent that <c>git</c> uses, once a repository needs it; null for none. A build looks among
    /// its <see cref="BuildRequest.SshAgents"/>.
    /// </summary>
    public Func<CancellationToken, Task<string?>> SshAgent { get; init; } = _ => Task.FromResult<string?>(null);

    public string UserAgent { get; init; } =
        "builder/" + (typeof(SourceOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0");
}
