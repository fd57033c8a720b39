using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary><c>EXPOSE 8080:80</c>, <c>EXPOSE 127.0.0.1:80:80</c>: an image cannot say where its ports are published.</summary>
internal sealed class ExposeInvalidFormatCheck() : StageCheck(CheckRules.ExposeInvalidFormat)
{
    public override IEnumerable<Finding> Look(Instruction instruction, StageView stage) =>
        instruction is not ExposeInstruction expose ? [] :
        from word in expose.Ports
        from text in stage.ExpandToWords(word)
        where ExposedPort.Cut(text).Host.Length > 0
        select Found(
            instruction, $"EXPOSE instruction should not define an IP address or host-port mapping, found '{text}'", word.Span,
            "name the container's port alone; where it is published is said when a container is run");
}
