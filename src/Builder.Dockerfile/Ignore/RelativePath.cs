namespace Builder.Dockerfile.Ignore;

/// <summary>Paths as texts, in the manner of Go's <c>path.Clean</c>.</summary>
internal static class RelativePath
{
    /// <summary>
    /// The shortest equal path: no empty components, no <c>.</c>, no <c>..</c> but at the start of a relative path.
    /// </summary>
    public static string Clean(string path)
    {
        var isRooted = path.StartsWith('/');
        var components = new List<string>();
        foreach (var component in path.Split('/'))
        {
            if (component is "" or ".")
            {
                continue;
            }

            if (component != "..")
            {
                components.Add(component);
            }
            else if (components.Count > 0 && components[^1] != "..")
            {
                components.RemoveAt(components.Count - 1);
            }
            else if (!isRooted)
            {
                components.Add(component);
            }
        }

        var joined = (isRooted ? "/" : string.Empty) + string.Join('/', components);
        return joined.Length == 0 ? "." : joined;
    }
}
