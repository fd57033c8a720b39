namespace Builder.Engine.Tests.Whole;

/// <summary>How a Dockerfile of the corpus wants to be built, as it says in comments <c>#: key=value</c>.</summary>
/// <param name="Lines">Key and value, in the order of the file.</param>
internal sealed record Directions(IReadOnlyList<(string Key, string Value)> Lines)
{
    private const string Mark = "#: ";
    private static readonly string[] Keys = ["on", "target", "arg", "label", "context", "secret", "network"];

    public static Directions Of(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(line => Pair(line[Mark.Length..])).ToArray();
        Assert.All(lines, line => Assert.Contains(line.Item1, Keys));
        return new Directions(lines);
    }

    public string? Find(string key) => Lines.Where(line => line.Key == key).Select(line => line.Value).SingleOrDefault();

    public IEnumerable<string> All(string key) => Lines.Where(line => line.Key == key).Select(line => line.Value);

    public Dictionary<string, string> Pairs(string key) => All(key).Select(Pair).ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    private static (string, string) Pair(string text) => text.IndexOf('=', StringComparison.Ordinal) is var at && at > 0
        ? (text[..at], text[(at + 1)..])
        : throw new InvalidOperationException($"'{text}' is no direction");
}
