using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>The name behind AS has a capital letter. Names are compared in lower case.</summary>
internal sealed class StageNameCasingCheck() : InstructionCheck(CheckRules.StageNameCasing)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        if (instruction is FromInstruction { Alias: { } alias, StageName: { } name } && alias.Text != name)
        {
            yield return Found(instruction, $"Stage name '{alias.Text}' should be lowercase", alias.Span);
        }
    }
}
