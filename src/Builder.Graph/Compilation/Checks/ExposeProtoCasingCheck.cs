using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary><c>EXPOSE 80/TCP</c>.</summary>
internal sealed class ExposeProtoCasingCheck() : StageCheck(CheckRules.ExposeProtoCasing)
{
    public override IEnumerable<Finding> Look(Instruction instruction, StageView stage) =>
        instruction is not ExposeInstruction expose ? [] :
        from word in expose.Ports
        from text in stage.ExpandToWords(word)
        where ExposedPort.Cut(text).Protocol.Any(char.IsAsciiLetterUpper)
        select Found(instruction, $"Defined protocol '{text}' in EXPOSE instruction should be lowercase", word.Span);
}
