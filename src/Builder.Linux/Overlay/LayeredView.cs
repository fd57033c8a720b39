namespace Builder.Linux.Overlay;

/// <summary>
/// What an overlay of some directories would show, without mounting it: for questions about a few paths. Links are
/// followed inside the view. The directories must not change meanwhile.
/// </summary>
/// <param name="layers">Absolute paths of the host, top-most first.</param>
public sealed class LayeredView(IReadOnlyList<string> layers)
{
    private const int MostLinks = 40;

    /// <summary>
    /// Follows a path as far as it exists. <see cref="ResolvedPath.Missing"/> is what is left when a name is not
    /// there; null when the path leads through something that is no directory, or in a circle.
    /// </summary>
    public ResolvedPath? Resolve(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var left = new Stack<string>();
        Push(left, path);
        var trail = new List<Place> { new("", layers, IsDirectory: true) };
        var links = 0;
        while (left.TryPop(out var name))
        {
            if (name == "..")
            {
                trail.RemoveRange(Math.Max(1, trail.Count - 1), trail.Count > 1 ? 1 : 0);
                continue;
            }

            if (!trail[^1].IsDirectory)
            {
                return null;
            }

            switch (Find(trail[^1], name, out var target))
            {
                case { } found:
                    trail.Add(found);
                    break;
                case null when target is null:
                    // "missing/.." leads nowhere for the kernel either.
                    return left.Contains("..") ? null : new ResolvedPath(Existing(trail), [name, .. left]);
                case null when ++links > MostLinks:
                    return null;
                case null:
                    Push(left, target);
                    if (target.StartsWith('/'))
                    {
                        trail.RemoveRange(1, trail.Count - 1);
                    }

                    break;
            }
        }

        return new ResolvedPath(Existing(trail), []);
    }

    /// <summary>A name in the merged directory; null with a target for a link, null without one when there is none.</summary>
    private static Place? Find(Place parent, string name, out string? target)
    {
        target = null;
        var directories = new List<string>();
        foreach (var layer in parent.Sources)
        {
            var path = $"{layer}/{name}";
            var kind = LayerNode.Find(path);
            if (kind is LayerNodeKind.Directory or LayerNodeKind.OpaqueDirectory)
            {
                directories.Add(path);
            }
            else if (directories.Count == 0 && kind is LayerNodeKind.Link)
            {
                target = new FileInfo(path).LinkTarget ?? "";
                return null;
            }
            else if (directories.Count == 0 && kind is LayerNodeKind.Other)
            {
                return new Place(name, [path], IsDirectory: false);
            }

            // Everything but a plain directory ends the search: it hides what is below it.
            if (kind is not (null or LayerNodeKind.Directory))
            {
                break;
            }
        }

        return directories.Count == 0 ? null : new Place(name, directories, IsDirectory: true);
    }

    private static List<ExistingPart> Existing(List<Place> trail) =>
        [.. trail.Skip(1).Select(place => new ExistingPart(place.Name, place.Sources[0]))];

    private static void Push(Stack<string> left, string path)
    {
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").Reverse())
        {
            left.Push(name);
        }
    }

    /// <summary>A name of the view with the paths it comes from, top-most first.</summary>
    private sealed record Place(string Name, IReadOnlyList<string> Sources, bool IsDirectory);
}

/// <summary>How far a path exists in a view, and the names that are missing after that.</summary>
public sealed record ResolvedPath(IReadOnlyList<ExistingPart> Existing, IReadOnlyList<string> Missing);

/// <summary>A name without links in it, and the top-most path of the host that it comes from.</summary>
public sealed record ExistingPart(string Name, string Source);
