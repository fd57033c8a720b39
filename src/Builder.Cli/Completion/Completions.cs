namespace Builder.Cli.Completion;

/// <summary>What a shell may offer beside the values: nothing, or paths, which the shell knows best.</summary>
internal enum PathKind
{
    None,
    Files,
    Folders,
}

/// <summary>What may stand where the cursor is.</summary>
/// <param name="Values">Whole words, each with a meaning, which may be empty.</param>
internal sealed record Completions(IReadOnlyList<(string Value, string Meaning)> Values, PathKind Paths)
{
    public static Completions Nothing { get; } = new([], PathKind.None);

    public static Completions Of(IEnumerable<string> values) => new([.. values.Select(value => (value, ""))], PathKind.None);
}
