using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile;

/// <summary>Reads one instruction.</summary>
public static class InstructionParser
{
    /// <summary>
    /// Parses what an image's config stores under <c>OnBuild</c>; its escape character is always the backslash.
    /// </summary>
    /// <param name="trigger">The stored text, under a name that tells the user which image it came from.</param>
    /// <exception cref="DockerfileException">The text is not one instruction, or one that may not be a trigger.</exception>
    public static Instruction ParseTrigger(SourceText trigger) => throw new NotSupportedException();
}
