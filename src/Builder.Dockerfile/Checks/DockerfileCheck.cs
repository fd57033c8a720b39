using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A check that needs nothing but the text.</summary>
internal abstract class DockerfileCheck(CheckRule rule)
{
    public abstract IEnumerable<Finding> Look(DockerfileSyntax dockerfile);

    /// <param name="span">The place to blame; null for the whole instruction.</param>
    protected Finding Found(Instruction instruction, string message, SourceSpan? span = null, string? hint = null) =>
        new(rule, instruction, message, span ?? instruction.Span, hint);

    protected Finding Found(SourceSpan span, string message, string? hint = null) => new(rule, null, message, span, hint);
}

/// <summary>One that looks at an instruction at a time.</summary>
internal abstract class InstructionCheck(CheckRule rule) : DockerfileCheck(rule)
{
    public sealed override IEnumerable<Finding> Look(DockerfileSyntax dockerfile) => dockerfile.Instructions.SelectMany(Look);

    /// <summary>What it finds in an instruction, be it the trigger of an ONBUILD.</summary>
    public abstract IEnumerable<Finding> Look(Instruction instruction);
}
