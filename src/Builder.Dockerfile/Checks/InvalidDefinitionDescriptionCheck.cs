using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>The comment on the line above a named FROM or an ARG does not begin with that name and a blank.</summary>
internal sealed class InvalidDefinitionDescriptionCheck() : InstructionCheck(CheckRules.InvalidDefinitionDescription)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        string[] names = instruction switch
        {
            FromInstruction { StageName: { } name } => [name],
            ArgInstruction arg => [.. arg.Declarations.Select(declaration => declaration.Name.Text)],
            _ => [],
        };
        if (names.Length > 0 && CommentAbove(instruction) is { } comment && !names.Contains(comment.Text.Split(' ')[0]))
        {
            var name = names.Length == 1 ? names[0] : "<arg_key>";
            yield return Found(instruction, $"Comment for {instruction.Name} should follow the format: `# {name} <description>`", comment.Span);
        }
    }

    private static Word? CommentAbove(Instruction instruction) =>
        instruction.Comments is [.., var last] && last.Span.Line == instruction.Span.Line - 1
        && !CheckSettings.Comments(instruction).Any(check => check.Span.Line == last.Span.Line)
            ? last
            : null;
}
