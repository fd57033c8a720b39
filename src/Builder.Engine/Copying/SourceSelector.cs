using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// Finds what the sources of COPY and ADD stand for (dockerfile-language.md §3.5.1): wildcards match component by component,
/// one that matches nothing selects nothing, a literal path has to exist.
/// </summary>
internal static class SourceSelector
{
    /// <param name="source">Absolute and clean below the tree's root.</param>
    /// <param name="isPattern">Whether it is to be matched: a name that holds a star may as well be meant as it is.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.SourceNotFound"/>.</exception>
    public static IReadOnlyList<SelectedSource> Select(SourceTree tree, string source, bool isPattern) =>
        ReadableFiles.Finding(source, () => Find(tree, source, isPattern));

    private static IReadOnlyList<SelectedSource> Find(SourceTree tree, string source, bool isPattern)
    {
        if (!isPattern)
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

        return [.. paths.Select(path => Follow(tree, path, out _)).OfType<SelectedSource>()];
    }

    private static SelectedSource SelectLiteral(SourceTree tree, string source)
    {
        var path = GuestPath.FromText(source);
        return Follow(tree, path, out var hidden) ?? throw NotFound(source, hidden);
    }

    /// <summary>What one path leads to, in which nothing is a wildcard.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.SourceNotFound"/>.</exception>
    public static SelectedSource SelectPlace(SourceTree tree, string path) => SelectLiteral(tree, path);

    public static BuilderException NotFound(string source, bool hidden) => new(
        EngineErrors.SourceNotFound,
        $"failed to compute cache key: \"{source}\": not found",
        hidden
            ? "an ignore file excludes it from the build context: take the pattern out, or add an exception with '!'"
            : "sources are looked up from the root of the build context, stage or image that they come from");

    /// <summary>What a path leads to; null for nothing, for a link to nowhere, and for what the ignore file hides.</summary>
    private static SelectedSource? Follow(SourceTree tree, byte[] path, out bool hidden)
    {
        hidden = false;
        byte[] real;
        try
        {
            real = LinkResolver.Resolve(tree.Root, path);
        }
        catch (LinuxException e) when (e.Errno == Errno.ELOOP)
        {
            return null;
        }

        if (tree.Root.TryLstat(real) is not { } status)
        {
            return null;
        }

        // A link is itself something that may be hidden, and no way round what hides its target.
        var isDirectory = status.Type == FileType.Directory;
        hidden = tree.Hides(real, isDirectory) || tree.Hides(path, isDirectory);
        return hidden ? null : new SelectedSource(real, GuestPath.Name(path), status);
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
