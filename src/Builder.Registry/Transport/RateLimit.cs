using System.Globalization;

namespace Builder.Registry.Transport;

/// <summary>
/// How much a registry will still give (draft-polli-ratelimit-headers, as Docker Hub and others send it):
/// <c>ratelimit-limit: 100;w=21600</c>, <c>ratelimit-remaining: 7;w=21600</c>.
/// </summary>
/// <param name="Remaining">Requests that are left in the window.</param>
/// <param name="Limit">Requests in a window; null when it is not said.</param>
/// <param name="Window">In seconds; null when it is not said.</param>
internal sealed record RateLimit(long Remaining, long? Limit, long? Window)
{
    /// <summary>Without a limit to compare with: what a build of some size may need.</summary>
    private const long Few = 10;

    /// <summary>Whether the user should know before it is too late: a tenth is left.</summary>
    public bool IsLow => Remaining <= (Limit is { } limit ? limit / 10 : Few);

    /// <summary>"7 of 100 requests left in 6 h".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Remaining}{(Limit is { } limit ? $" of {limit}" : "")} requests left{(Window is > 0 and { } window ? $" in {Span(window)}" : "")}");

    /// <summary>Null when the registry does not say.</summary>
    public static RateLimit? Of(HttpResponseMessage response) =>
        Read(response, "ratelimit-remaining") is { } remaining
            ? new RateLimit(remaining.Count, Read(response, "ratelimit-limit")?.Count, remaining.Window ?? Read(response, "ratelimit-limit")?.Window)
            : null;

    private static (long Count, long? Window)? Read(HttpResponseMessage response, string header)
    {
        if (!response.Headers.NonValidated.TryGetValues(header, out var values))
        {
            return null;
        }

        // The first policy, where there are several.
        var parts = values.ToString().Split(',')[0].Split(';', StringSplitOptions.TrimEntries);
        var window = Array.Find(parts, part => part.StartsWith("w=", StringComparison.Ordinal))?[2..];
        return Number(parts[0]) is { } count ? (count, Number(window)) : null;
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Span(long seconds) =>
        seconds % 3600 == 0 ? $"{seconds / 3600} h" : seconds % 60 == 0 ? $"{seconds / 60} min" : $"{seconds} s";
}
