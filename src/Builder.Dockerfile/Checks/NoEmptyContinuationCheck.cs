using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A blank line stands inside a continuation; one finding an instruction, at the first such line.</summary>
internal sealed class NoEmptyContinuationCheck() : InstructionCheck(CheckRules.NoEmptyContinuation)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        if (instruction.Header.EmptyContinuation is { } blank)
        {
            yield return Found(instruction, "Empty continuation line", blank);
        }
    }
}
