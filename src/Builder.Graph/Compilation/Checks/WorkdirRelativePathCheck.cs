using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>The first WORKDIR of a stage and of those it is built on is relative: to the base image's, which may change.</summary>
internal sealed class WorkdirRelativePathCheck() : StageCheck(CheckRules.WorkdirRelativePath)
{
    public override IEnumerable<Finding> Look(Instruction instruction, StageView stage)
    {
        if (instruction is WorkdirInstruction workdir && !stage.State.HasWorkdir
            && stage.Expand(workdir.Path) is var path && !path.StartsWith('/'))
        {
            yield return Found(instruction, $"Relative workdir \"{path}\" can have unexpected results if the base image changes", workdir.Path.Span);
        }
    }
}
