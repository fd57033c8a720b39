using System.Collections.Concurrent;

namespace Builder.Registry.Transport;

/// <summary>Passes on what operators tell their users in <c>Warning: 299 - "…"</c>, each text once, and never acts on it.</summary>
internal sealed class WarningHandler(RegistryOptions options) : DelegatingHandler
{
    private const int MaxLength = 4096;
    private const int MaxTexts = 64;
    private readonly ConcurrentDictionary<RegistryWarning, bool> seen = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
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

    private static string? Text(string header)
    {
        const string Prefix = "299 - \"";
        return header.Length <= MaxLength && header.StartsWith(Prefix, StringComparison.Ordinal) && header.LastIndexOf('"') is var end && end >= Prefix.Length
            ? Printable.Text(header[Prefix.Length..end].Replace("\\\"", "\"", StringComparison.Ordinal), MaxLength)
            : null;
    }
}
