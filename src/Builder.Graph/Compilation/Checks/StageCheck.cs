using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>A check that needs values: it sees each instruction of a needed stage before it takes effect.</summary>
internal abstract class StageCheck(CheckRule rule)
{
    public abstract IEnumerable<Finding> Look(Instruction instruction, StageView stage);

    /// <param name="span">The place to blame; null for the whole instruction.</param>
    protected Finding Found(Instruction instruction, string message, SourceSpan? span = null, string? hint = null) =>
        new(rule, instruction, message, span ?? instruction.Span, hint);
}
