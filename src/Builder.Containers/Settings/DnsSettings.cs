using System.Net;
using Builder.Diagnostics;

namespace Builder.Containers;

/// <summary>What <c>--dns</c>, <c>--dns-search</c> and <c>--dns-option</c> say; empty lists leave a thing as the network has it.</summary>
/// <param name="Search">A single dot stands for no domain at all.</param>
public sealed record DnsSettings(IReadOnlyList<string> Servers, IReadOnlyList<string> Search, IReadOnlyList<string> Options)
{
    public static DnsSettings None { get; } = new([], [], []);

    /// <exception cref="BuilderException"><see cref="ContainersErrors.InvalidNameServer"/>.</exception>
    public static DnsSettings Of(IReadOnlyList<string> servers, IReadOnlyList<string> search, IReadOnlyList<string> options)
    {
        ArgumentNullException.ThrowIfNull(servers);
        return (servers.Count, search.Count, options.Count) == (0, 0, 0) ? None
            : servers.FirstOrDefault(server => !IPAddress.TryParse(server, out _)) is { } wrong
                ? throw new BuilderException(ContainersErrors.InvalidNameServer, $"--dns: '{wrong}' is no address", "name the server by its IP address")
            : search.Concat(options).FirstOrDefault(text => text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) is { } odd
                ? throw new BuilderException(ContainersErrors.InvalidNameServer, $"'{odd}' has a space in it", "repeat --dns-search or --dns-option for each word")
            : new DnsSettings(servers, search, options);
    }
}
