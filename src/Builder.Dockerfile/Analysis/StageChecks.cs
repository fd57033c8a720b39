using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Analysis;

/// <summary>Checks of stages and their names.</summary>
internal static class StageChecks
{
    public static IEnumerable<Finding> Run(DockerfileSyntax dockerfile)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return dockerfile.Stages.SelectMany(stage => Check(stage, seen).Concat(OnlyTheLastCounts(stage)));
    }

    private static IEnumerable<Finding> Check(StageSyntax stage, HashSet<string> seen)
    {
        var from = stage.From;
        if (from.Platform?.Text is "$TARGETPLATFORM" or "${TARGETPLATFORM}")
        {
            yield return new Finding(
                "RedundantTargetPlatform", from,
                $"Setting platform to predefined {from.Platform.Text} in FROM is redundant as this is the default behavior", from.Platform.Span);
        }

        if (stage.Name is not { } name || from.Alias is not { } alias || from.As is not { } keyword)
        {
            yield break;
        }

        if (alias.Text != name)
        {
            yield return new Finding("StageNameCasing", from, $"Stage name '{alias.Text}' should be lowercase", alias.Span);
        }

        if (IsLower(keyword.Text) != IsLower(from.Header.Keyword.Text))
        {
            yield return new Finding(
                "FromAsCasing", from, $"'{keyword.Text}' and '{from.Header.Keyword.Text}' keywords' casing do not match", keyword.Span);
        }

        if (name is "scratch" or "context")
        {
            yield return new Finding(
                "ReservedStageName", from, $"Stage name should not use the same name as reserved stage \"{name}\"", alias.Span);
        }

        if (!seen.Add(name))
        {
            yield return new Finding(
                "DuplicateStageName", from, $"Duplicate stage name \"{alias.Text}\", stage names should be unique", alias.Span);
        }
    }

    /// <summary>Reported where the text is that has no effect.</summary>
    private static IEnumerable<Finding> OnlyTheLastCounts(StageSyntax stage) =>
        stage.Instructions
            .Where(instruction => instruction is CmdInstruction or EntrypointInstruction or HealthcheckInstruction)
            .GroupBy(instruction => instruction.Name)
            .SelectMany(same => same.SkipLast(1))
            .Select(instruction => new Finding(
                "MultipleInstructionsDisallowed", instruction,
                $"Multiple {instruction.Name} instructions should not be used in the same stage because only the last one will be used"));

    private static bool IsLower(string keyword) => !keyword.Any(char.IsAsciiLetterUpper);
}
