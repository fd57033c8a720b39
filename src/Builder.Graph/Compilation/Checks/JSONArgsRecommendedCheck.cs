using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>CMD or ENTRYPOINT in shell form, while nobody chose a SHELL on purpose: not the stage, not its bases.</summary>
internal sealed class JSONArgsRecommendedCheck() : StageCheck(CheckRules.JSONArgsRecommended)
{
    public override IEnumerable<Finding> Look(Instruction instruction, StageView stage)
    {
        if (instruction is CmdInstruction { Command: ShellCommand } or EntrypointInstruction { Command: ShellCommand }
            && stage.State.Config.Shell is not { Count: > 0 })
        {
            yield return Found(
                instruction, $"JSON arguments recommended for {instruction.Name} to prevent unintended behavior related to OS signals");
        }
    }
}
