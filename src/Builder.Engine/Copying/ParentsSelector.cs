using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// Finds what the sources of COPY --parents stand for (dockerfile-language.md C23): links are never followed, <c>**</c> stands for
/// any number of directories, and what comes before <c>/./</c> is not kept.
/// </summary>
internal static class ParentsSelector
{
    private const string PivotMark = ".";
    private const string AnyDirectories = "**";

    /// <param name="source">Absolute and clean but for the pivot, perhaps with wildcards.</param>
    /// <param name="excludes">Patterns against paths below the tree's root.</param>
    /// <returns>In the order of the paths' bytes.</returns>
    /// <exception cref="BuilderException"><see cref="EngineErrors.SourceNotFound"/>.</exception>
    public static IReadOnlyList<KeptSource> Select(SourceTree tree, string source, IReadOnlyList<string> excludes)
    {
        List<Match> matches = [new([], 0)];
        var components = source.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < components.Length; i++)
        {
            matches = components[i] == PivotMark
                ? [.. matches.Select(match => match with { Pivot = match.Path.Length })]
                : [.. matches.SelectMany(match => Expand(tree.Root, match, components[i], isLast: i == components.Length - 1))];
        }

        var exclude = excludes.Count == 0 ? null : IgnorePatternSet.Create(excludes);
        var found = matches
            .Where(match => match.Path.Length > match.Pivot)
            .DistinctBy(match => GuestPath.Key(match.Path))
            .OrderBy(match => GuestPath.Key(match.Path), StringComparer.Ordinal)
            .Select(match => tree.Root.TryLstat(match.Path) is { } status ? new KeptSource(match.Path, match.Pivot, status) : null)
            .OfType<KeptSource>()
            .Where(kept => !tree.Hides(kept.Path, kept.IsDirectory))
            .ToArray();
        return found.Length == 0 && !Glob.HasWildcards(source)
            ? throw SourceSelector.NotFound("/" + string.Join('/', components.Where(component => component != PivotMark)), hidden: matches.Exists(match => match.Path.Length > match.Pivot))
            : [.. found.Where(kept => exclude is null || !IsExcluded(exclude, kept))];
    }

    private static bool IsExcluded(IgnorePatternSet exclude, KeptSource kept)
    {
        var text = GuestPath.ToText(kept.Path);
        return exclude.IsIgnored(text) && !(kept.IsDirectory && exclude.MayHoldIncluded(text));
    }

    private static IEnumerable<Match> Expand(RootDirectory root, Match match, string component, bool isLast)
    {
        if (component == AnyDirectories && !isLast)
        {
            return Directories(root, match);
        }

        if (!Glob.HasWildcards(component))
        {
            var path = GuestPath.Join(match.Path, GuestPath.FromText(component));
            return IsRealDirectory(root, match.Path) && root.TryLstat(path) is not null ? [match with { Path = path }] : [];
        }

        // Two stars in the last place stand for everything below, which comes with what lies here.
        var glob = Glob.Parse(component);
        return List(root, match)
            .Where(item => glob.IsMatch(GuestPath.ToText(item.Name)))
            .Select(item => match with { Path = GuestPath.Join(match.Path, item.Name) });
    }

    /// <summary>The directory and all below it.</summary>
    private static IEnumerable<Match> Directories(RootDirectory root, Match top)
    {
        var pending = new Stack<Match>([top]);
        while (pending.TryPop(out var match))
        {
            if (!IsRealDirectory(root, match.Path))
            {
                continue;
            }

            yield return match;
            foreach (var item in List(root, match))
            {
                pending.Push(match with { Path = GuestPath.Join(match.Path, item.Name) });
            }
        }
    }

    private static IReadOnlyList<DirectoryItem> List(RootDirectory root, Match match)
    {
        if (!IsRealDirectory(root, match.Path))
        {
            return [];
        }

        using var directory = root.OpenDirectory(match.Path);
        return directory.ReadSorted();
    }

    private static bool IsRealDirectory(RootDirectory root, byte[] path) => root.TryLstat(path) is { Type: FileType.Directory };

    private sealed record Match(byte[] Path, int Pivot);
}
