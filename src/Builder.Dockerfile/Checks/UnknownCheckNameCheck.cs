using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A directive or comment skips or asks for a check that does not exist.</summary>
internal sealed class UnknownCheckNameCheck() : DockerfileCheck(CheckRules.UnknownCheckName)
{
    public override IEnumerable<Finding> Look(DockerfileSyntax dockerfile) =>
        UnknownNames(dockerfile.Directives.Check)
            .Select(name => Found(dockerfile.Directives.CheckSpan!, Message(name), Hint(name)))
            .Concat(dockerfile.Instructions.SelectMany(Look));

    private IEnumerable<Finding> Look(Instruction instruction) =>
        from comment in CheckSettings.Comments(instruction)
        from name in UnknownNames(TryParse(comment))
        select Found(instruction, Message(name), comment.Span, Hint(name));

    private static ImmutableArray<string> UnknownNames(CheckDirective? check) =>
        check is null ? [] : [.. check.Skip.Concat(check.Experimental).Where(name => CheckRules.Find(name) is null).Distinct()];

    private static CheckDirective? TryParse(Word comment)
    {
        try
        {
            return CheckGrammar.Parse(comment);
        }
        catch (DockerfileException)
        {
            return null;
        }
    }

    private static string Message(string name) =>
        Suggestions.Nearest(name, CheckRules.All.Select(rule => rule.Name)) is { } near
            ? $"There is no check '{name}' (did you mean {near}?)"
            : $"There is no check '{name}'";

    private static string Hint(string name) => $"spec/checks/README.md lists the checks; take '{name}' out";
}
