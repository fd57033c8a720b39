using System.Runtime.CompilerServices;
using System.Text.Json;
using Builder.Registry.Transport;

namespace Builder.Registry.Content;

/// <summary>The tags of a repository, following <c>Link</c> from page to page (distribution-spec, "Listing Tags").</summary>
internal static class TagPages
{
    /// <summary>A registry with more pages than this goes round in circles.</summary>
    private const int MaxPages = 10_000;

    public static async IAsyncEnumerable<string> ReadAsync(Connection place, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var what = $"the tags of {place.Name}";
        for (Uri? page = place.Endpoint.Tags(pageSize); page is not null && asked.Count < MaxPages && asked.Add(page.OriginalString);)
        {
            var (link, body) = await place.GetPageAsync(page, what, cancellationToken);
            foreach (var tag in Read(body, what).Where(seen.Add))
            {
                yield return tag;
            }

            page = Next(page, link, what);
        }
    }

    private static IReadOnlyList<string> Read(byte[] body, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(body, RegistryJson.Default.TagList)?.Tags ?? [];
        }
        catch (JsonException e)
        {
            throw new RegistryException(RegistryErrors.NotARegistry, $"{what}: the answer is not a list of tags", "is it a registry, or does a proxy or a login page stand in between?", inner: e);
        }
    }

    /// <summary>The address of <c>&lt;…&gt;; rel="next"</c>, quotes or not; it must stay with the registry, which is shown a login there.</summary>
    private static Uri? Next(Uri page, string? link, string what)
    {
        if (link is null || !link.Contains("next", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var (open, close) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
        var next = open >= 0 && close > open ? RawLocation.Resolve(page, link[(open + 1)..close]) : null;
        return next is not null && Origin.Of(next) == Origin.Of(page)
            ? next
            : throw new RegistryException(RegistryErrors.RefusedRedirect, $"{what}: {page.Authority} says that they go on at another address; refused") { Host = page.Authority };
    }
}
