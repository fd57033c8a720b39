using System.Collections.Immutable;
using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>A whole Dockerfile, as written: it parsed, but nothing is expanded or resolved.</summary>
/// <param name="GlobalArgs">The ARGs before the first FROM.</param>
/// <param name="Stages">At least one.</param>
public sealed record DockerfileSyntax(
    SourceText Source,
    ParserDirectives Directives,
    ImmutableArray<ArgInstruction> GlobalArgs,
    ImmutableArray<StageSyntax> Stages)
{
    /// <summary>Everything in the order of the text.</summary>
    public IEnumerable<Instruction> Instructions =>
        GlobalArgs.Concat(Stages.SelectMany(stage => stage.Instructions.Prepend(stage.From)));
}
