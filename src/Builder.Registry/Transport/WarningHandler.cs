using System.Collections.Concurrent;

namespace Builder.Registry.Transport;

/// <summary>
/// Passes on what operators tell their users in <c>Warning: 299 - "…"</c>, each text once, and how little of a
/// rate limit is left; never acts on either.
/// </summary>
internal sealed class WarningHandler(RegistryOptions options) : DelegatingHandler
{
    private const int MaxLength = 4096;
    private const int MaxTexts = 64;
    private readonly ConcurrentDictionary<RegistryWarning, bool> seen = new();
    private readonly ConcurrentDictionary<string, bool> lowHosts = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        TellWhatIsLeft(request.RequestUri!.Authority, response);
        if (options.OnWarning is { } report && response.Headers.NonValidated.TryGetValues("Warning", out var values))
        {
            foreach (var value in values)
            {
                if (Text(value) is { } text && seen.Count < MaxTexts)
                {
                    var warning = new RegistryWarning(request.RequestUri!.Authority, text);
                    if (seen.TryAdd(warning, true))
                    {
                        report(warning);
                    }
                }
            }
        }

        return response;
    }

    /// <summary>Said once a host: from then on it only becomes less.</summary>
    private void TellWhatIsLeft(string host, HttpResponseMessage response)
    {
        if (options.OnWarning is { } report && RateLimit.Of(response) is { IsLow: true } limit && lowHosts.TryAdd(host, true))
        {
            report(new RegistryWarning(host, $"its rate limit is nearly reached: {limit}"));
        }
    }

    private static string? Text(string header)
    {
        const string Prefix = "299 - \"";
        return header.Length <= MaxLength && header.StartsWith(Prefix, StringComparison.Ordinal) && header.LastIndexOf('"') is var end && end >= Prefix.Length
            ? Printable.Text(header[Prefix.Length..end].Replace("\\\"", "\"", StringComparison.Ordinal), MaxLength)
            : null;
    }
}
