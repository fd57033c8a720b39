using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>The URLs that ADD downloads.</summary>
internal static class HttpSource
{
    private const string Unnamed = "__unnamed__";

    public static bool IsUrl(string source) =>
        source.StartsWith("http://", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal);

    public static HttpOperation Create(string url, string? checksum) => new(url, FileNameOf(url), checksum);

    /// <summary>The last segment of the path, decoded, unless it would then be no plain name.</summary>
    private static string FileNameOf(string url)
    {
        var start = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = url.AsSpan(start).IndexOfAny('?', '#');
        var path = end < 0 ? url[start..] : url.Substring(start, end);
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? "" : Uri.UnescapeDataString(GuestPath.FileName(path));
        return name is "" or "." or ".." || name.AsSpan().IndexOfAny('/', '\0') >= 0 ? Unnamed : name;
    }
}
