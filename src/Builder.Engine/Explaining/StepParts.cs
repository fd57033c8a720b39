using Builder.Graph;

namespace Builder.Engine.Explaining;

/// <summary>The parts of a step's key as the step cache keeps them, and what they are called in a sentence.</summary>
internal static class StepParts
{
    private const int MaxValue = 60;

    /// <summary>What makes two steps the same instruction, whatever they are built on.</summary>
    private static readonly string[] Identity = ["argument", "script content", "destination", "source", "file", "path"];

    /// <summary>Parts of one name, the elements of a list, become one entry with a line each.</summary>
    public static SortedDictionary<string, string> Flatten(KeyExplanation explanation)
    {
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in explanation.Parts)
        {
            parts[name] = parts.TryGetValue(name, out var earlier) ? earlier + "\n" + value : value;
        }

        return parts;
    }

    public static bool IsSameInstruction(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
        Identity.All(name => before.GetValueOrDefault(name) == now.GetValueOrDefault(name));

    public static bool IsAkin(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
        IsSameInstruction(before, now) || (now.ContainsKey("input 0") && before.GetValueOrDefault("input 0") == now["input 0"]);

    public static IReadOnlyList<KeyChange> Compare(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
        [.. before.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Where(name => before.GetValueOrDefault(name) != now.GetValueOrDefault(name))
            .Select(name => new KeyChange(name, before.GetValueOrDefault(name), now.GetValueOrDefault(name)))];

    /// <summary>One change in words; null for one that another part's change implies.</summary>
    public static string? Describe(KeyChange change) => change.Part switch
    {
        "argument" => $"the command was {Shown(change.Before)}",
        "env" => DescribeEnvironment(change),
        "source" => $"it copied {Shown(change.Before)}",
        "destination" => $"the destination was {Shown(change.Before)}",
        "file content" or "script content" => "a here-document changed",
        "format" => "another version of Builder made the cache",
        _ when change.Part.EndsWith(" count", StringComparison.Ordinal) || change.Part is "inputs" or "sources" or "mounts" or "files" or "scripts" => null,
        _ when change.Before is null => $"{change.Part} is now {Shown(change.Now)}",
        _ when change.Now is null => $"{change.Part} was {Shown(change.Before)}",
        _ => $"{change.Part} was {Shown(change.Before)}, is {Shown(change.Now)}",
    };

    /// <summary>The instruction as written, without the count in front.</summary>
    public static string InstructionOf(Vertex vertex)
    {
        var name = vertex.ToString();
        return name.StartsWith('[') && name.IndexOf("] ", StringComparison.Ordinal) is var end and > 0 ? FirstLine(name[(end + 2)..]) : FirstLine(name);
    }

    /// <summary><c>COPY, line 7</c>.</summary>
    public static string PlaceOf(Vertex vertex) =>
        InstructionOf(vertex).Split(' ')[0] + (vertex.SourceSpan is { } span ? $", line {span.Line}" : "");

    private static string DescribeEnvironment(KeyChange change)
    {
        var before = Variables(change.Before);
        var now = Variables(change.Now);
        var changes = before.Keys.Union(now.Keys).Order(StringComparer.Ordinal).Where(name => before.GetValueOrDefault(name) != now.GetValueOrDefault(name)).Select(name =>
            (before.GetValueOrDefault(name), now.GetValueOrDefault(name)) switch
            {
                (null, var value) => $"the variable {name} is new: {Shown(value)}",
                (var value, null) => $"the variable {name} is gone, it was {Shown(value)}",
                var (old, value) => $"{name} was {Shown(old)}, is {Shown(value)}",
            }).ToList();
        return changes.Count == 0 ? "the order of the variables changed" : string.Join(", ", changes);
    }

    private static Dictionary<string, string> Variables(string? lines) =>
        (lines ?? "").Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last()[1], StringComparer.Ordinal);

    private static string Shown(string? value)
    {
        var line = FirstLine((value ?? "").Replace("/bin/sh\n-c\n", "", StringComparison.Ordinal).Replace('\n', ' '));
        return "`" + (line.Length > MaxValue ? line[..MaxValue] + "…" : line) + "`";
    }

    private static string FirstLine(string text) => text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? text[..end] : text;
}
