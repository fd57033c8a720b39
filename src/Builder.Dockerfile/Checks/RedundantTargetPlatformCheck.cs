using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary><c>FROM --platform=$TARGETPLATFORM</c> and nothing else in the value.</summary>
internal sealed class RedundantTargetPlatformCheck() : InstructionCheck(CheckRules.RedundantTargetPlatform)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        if (instruction is FromInstruction { Platform: { Text: "$TARGETPLATFORM" or "${TARGETPLATFORM}" } platform })
        {
            yield return Found(
                instruction,
                $"Setting platform to predefined {platform.Text} in FROM is redundant as this is the default behavior", platform.Span);
        }
    }
}
