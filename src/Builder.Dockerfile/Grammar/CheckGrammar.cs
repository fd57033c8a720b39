using System.Collections.Immutable;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary><c>skip=A,B;experimental=all;error=true</c>, in any order, up to the first blank.</summary>
internal static class CheckGrammar
{
    private const int MaximumParts = 3;

    /// <exception cref="DockerfileException">An option is unknown or has an impossible value.</exception>
    public static CheckDirective Parse(Word word)
    {
        var check = CheckDirective.None;
        foreach (var part in word.Text.Split(' ', 2)[0].Split(';', MaximumParts))
        {
            var option = part.Split('=', 2, StringSplitOptions.TrimEntries);
            check = (option[0], option.Length == 2 ? option[1] : null) switch
            {
                ("skip", "all") => check with { SkipAll = true },
                ("skip", { } rules) => check with { Skip = Names(rules) },
                ("experimental", "all") => check with { ExperimentalAll = true },
                ("experimental", { } rules) => check with { Experimental = Names(rules) },
                ("error", { } value) when GoValues.TryParseBoolean(value, out var error) => check with { Error = error },
                _ => throw new DockerfileException(
                    DockerfileErrors.InvalidDirective, $"invalid check option \"{part}\"",
                    "use skip=RULES, experimental=RULES and error=true, separated by semicolons", word.Span),
            };
        }

        return check;
    }

    private static ImmutableArray<string> Names(string rules) =>
        [.. rules.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
