using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>FROM uses a variable that is neither automatic nor declared above the first FROM.</summary>
internal sealed class UndefinedArgInFromCheck() : FromCheck(CheckRules.UndefinedArgInFrom)
{
    public override IEnumerable<Finding> Look(FromInstruction from, FromView file)
    {
        var findings = new List<Finding>();
        var expander = new WordExpander(file.Globals, file.Escape, (name, word) =>
        {
            if (!file.Declared.Contains(name))
            {
                var near = Suggestions.Nearest(name, file.Declared.Concat(file.Globals.Names));
                findings.Add(Found(
                    from, $"FROM argument '{name}' is not declared{(near is null ? "" : $" (did you mean {near}?)")}", word.Span,
                    "FROM sees only the ARGs above the first FROM"));
            }
        });
        foreach (var word in new[] { from.Image, from.Platform }.OfType<Word>())
        {
            expander.Expand(word);
        }

        return findings;
    }
}
