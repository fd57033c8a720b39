namespace Builder.Engine.Explaining;

/// <summary>How two lists of files differ, and that in a few words.</summary>
internal static class FileChanges
{
    private const int Named = 3;

    public static IReadOnlyList<FileChange> Between(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        [.. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(path => (Path: path, Change: ChangeOf(before.GetValueOrDefault(path), after.GetValueOrDefault(path))))
            .Where(each => each.Change is not null)
            .Select(each => new FileChange(each.Path, each.Change!))];

    /// <summary><c>package-lock.json changed</c>; <c>a and b changed, c was added and 4 more</c>.</summary>
    public static string Describe(IReadOnlyList<FileChange> changes)
    {
        // A directory whose only change is what is in it says nothing that its files do not.
        var words = changes.Take(Named).Select(change => change.Change switch
        {
            "added" => $"{change.Path} was added",
            "removed" => $"{change.Path} was removed",
            "mode" => $"the mode of {change.Path} changed",
            _ => $"{change.Path} changed",
        }).ToList();
        var more = changes.Count - words.Count;
        var hint = changes.All(change => change.Change == "mode") ? " (nothing but modes: --context-mode=normalize does not look at them)" : "";
        return string.Join(", ", words) + (more > 0 ? $" and {more} more" : "") + hint;
    }

    private static string? ChangeOf(string? before, string? after) => (before, after) switch
    {
        _ when before == after => null,
        (null, _) => "added",
        (_, null) => "removed",
        _ when ContentOf(before) == ContentOf(after) && before[0] == after[0] => "mode",
        _ => before[0] == after[0] ? "changed" : "type",
    };

    private static string ContentOf(string mark) => mark[(mark.LastIndexOf('-') + 1)..];
}
