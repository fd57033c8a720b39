using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>MAINTAINER is used.</summary>
internal sealed class MaintainerDeprecatedCheck() : InstructionCheck(CheckRules.MaintainerDeprecated)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        if (instruction is MaintainerInstruction)
        {
            yield return Found(instruction, "Maintainer instruction is deprecated in favor of using label");
        }
    }
}
