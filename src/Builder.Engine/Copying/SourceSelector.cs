using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// Finds what the sources of COPY and ADD stand for (dockerfile-language.md §3.5.1): wildcards match component by component,
/// one that matches nothing selects nothing, a literal path has to exist.
/// </summary>
internal static class SourceSelector
{
    /// <param name="source">Absolute and clean below the tree's root, perhaps with wildcards.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.SourceNotFound"/>.</exception>
    public static IReadOnlyList<SelectedSource> Select(SourceTree tree, string source)
    {
        if (!Glob.HasWildcards(source))
        {
            return [SelectLiteral(tree, source)];
        }

        List<byte[]> paths = [[]];
        var components = source.Trim('/').Split('/');
        foreach (var component in components)
        {
            var next = new List<byte[]>();
            foreach (var path in paths)
            {
                Expand(tree, path, component, next);
            }

            paths = next;
        }

        return [.. paths
            .Where(path => !tree.Hides(GuestPath.ToText(path)))
            .Select(path => Follow(tree, path))
            .OfType<SelectedSource>()];
    }

    private static SelectedSource SelectLiteral(SourceTree tree, string source)
    {
        var path = GuestPath.FromText(source);
        var hidden = tree.Hides(GuestPath.ToText(path));
        return (hidden ? null : Follow(tree, path)) ?? throw new BuilderException(
            EngineErrors.SourceNotFound,
            $"failed to compute cache key: \"{source}\": not found",
            hidden
                ? "an ignore file excludes it from the build context: take the pattern out, or add an exception with '!'"
                : "sources are looked up from the root of the build context, stage or image that they come from");
    }

    private static SelectedSource? Follow(SourceTree tree, byte[] path)
    {
        var real = LinkResolver.Resolve(tree.Root, path);
        return tree.Root.TryLstat(real) is { } status ? new SelectedSource(real, GuestPath.Name(path), status) : null;
    }

    private static void Expand(SourceTree tree, byte[] directory, string component, List<byte[]> found)
    {
        if (!Glob.HasWildcards(component))
        {
            var path = GuestPath.Join(directory, GuestPath.FromText(component));
            if (tree.Root.TryLstat(path) is not null)
            {
                found.Add(path);
            }

            return;
        }

        using var opened = tree.Root.TryOpenDirectory(directory);
        if (opened is null)
        {
            return;
        }

        var glob = Glob.Parse(component);
        found.AddRange(
            from item in opened.ReadSorted()
            where glob.IsMatch(GuestPath.ToText(item.Name))
            select GuestPath.Join(directory, item.Name));
    }
}
