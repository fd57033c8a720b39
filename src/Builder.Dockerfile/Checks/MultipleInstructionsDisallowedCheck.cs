using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A second CMD, ENTRYPOINT or HEALTHCHECK in a stage; reported where the text is that has no effect.</summary>
internal sealed class MultipleInstructionsDisallowedCheck() : DockerfileCheck(CheckRules.MultipleInstructionsDisallowed)
{
    public override IEnumerable<Finding> Look(DockerfileSyntax dockerfile) => dockerfile.Stages.SelectMany(OnlyTheLastCounts);

    private IEnumerable<Finding> OnlyTheLastCounts(StageSyntax stage) =>
        from instruction in stage.Instructions
        where instruction is CmdInstruction or EntrypointInstruction or HealthcheckInstruction
        group instruction by instruction.Name into same
        from ignored in same.SkipLast(1)
        select Found(
            ignored, $"Multiple {ignored.Name} instructions should not be used in the same stage because only the last one will be used");
}
