using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Analysis;

/// <summary>Keywords are all lower or all upper case, as most of the file has them; upper case wins a tie.</summary>
internal static class CasingChecks
{
    public static IEnumerable<Finding> Run(DockerfileSyntax dockerfile)
    {
        var lower = dockerfile.Instructions.Count(instruction => IsLower(instruction.Header.Keyword.Text));
        var upper = dockerfile.Instructions.Count(instruction => instruction.Header.Keyword.Text == instruction.Name);
        var wanted = lower > upper ? "lowercase" : "uppercase";
        return dockerfile.Instructions
            .Where(instruction => lower > upper ? !IsLower(instruction.Header.Keyword.Text) : instruction.Header.Keyword.Text != instruction.Name)
            .Select(instruction => new Finding(
                "ConsistentInstructionCasing", instruction,
                $"Command '{instruction.Header.Keyword.Text}' should match the case of the command majority ({wanted})",
                instruction.Header.Keyword.Span));
    }

    private static bool IsLower(string keyword) => !keyword.Any(char.IsAsciiLetterUpper);
}
