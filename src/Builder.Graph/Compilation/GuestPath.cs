namespace Builder.Graph.Compilation;

/// <summary>Paths inside an image, as text: no file is looked at.</summary>
internal static class GuestPath
{
    /// <summary>The path below <paramref name="directory"/>, absolute, without <c>.</c>, <c>..</c>, empty parts and a trailing slash.</summary>
    public static string Join(string directory, string path) => Clean(path.StartsWith('/') ? path : directory + "/" + path);

    /// <summary>The path below the root, which no <c>..</c> can leave.</summary>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>The same, but keeps the first <c>/./</c>: what follows it is what <c>--parents</c> keeps of the path.</summary>
    public static string CleanWithPivot(string path)
    {
        const string Pivot = "/./";
        var rooted = "/" + path;
        var at = rooted.IndexOf(Pivot, StringComparison.Ordinal);
        return at < 0 ? Clean(path) : Clean(rooted[..at]).TrimEnd('/') + "/." + Clean(rooted[(at + Pivot.Length)..]);
    }

    /// <summary>Whether a destination was written as a directory.</summary>
    public static bool IsDirectoryText(string path) => path is "." or "" || path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal);

    public static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
