using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A keyword is in mixed case, or not in the case that most keywords of the file have; upper case wins a tie.</summary>
internal sealed class ConsistentInstructionCasingCheck() : DockerfileCheck(CheckRules.ConsistentInstructionCasing)
{
    public override IEnumerable<Finding> Look(DockerfileSyntax dockerfile)
    {
        var lower = dockerfile.Instructions.Count(instruction => Casing.IsLower(instruction.Header.Keyword.Text));
        var upper = dockerfile.Instructions.Count(instruction => Casing.IsUpper(instruction.Header.Keyword.Text));
        Func<string, bool> isWanted = lower > upper ? Casing.IsLower : Casing.IsUpper;
        var wanted = lower > upper ? "lowercase" : "uppercase";
        return
            from instruction in dockerfile.Instructions
            let keyword = instruction.Header.Keyword
            where !isWanted(keyword.Text)
            select Found(instruction, $"Command '{keyword.Text}' should match the case of the command majority ({wanted})", keyword.Span);
    }
}
