using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A stage has a name that means something else already.</summary>
internal sealed class ReservedStageNameCheck() : InstructionCheck(CheckRules.ReservedStageName)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        if (instruction is FromInstruction { StageName: "scratch" or "context" } from)
        {
            yield return Found(from, $"Stage name should not use the same name as reserved stage \"{from.StageName}\"", from.Alias!.Span);
        }
    }
}
