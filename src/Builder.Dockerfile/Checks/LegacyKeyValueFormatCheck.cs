using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary><c>ENV key value</c> or <c>LABEL key value</c>.</summary>
internal sealed class LegacyKeyValueFormatCheck() : InstructionCheck(CheckRules.LegacyKeyValueFormat)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        if (instruction is EnvInstruction { IsLegacyForm: true } or LabelInstruction { IsLegacyForm: true })
        {
            yield return Found(
                instruction,
                $"\"{instruction.Name} key=value\" should be used instead of legacy \"{instruction.Name} key value\" format");
        }
    }
}
