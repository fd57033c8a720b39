using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>AS is written in another case than FROM. Of a FROM in mixed case another check speaks.</summary>
internal sealed class FromAsCasingCheck() : InstructionCheck(CheckRules.FromAsCasing)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        if (instruction is not FromInstruction { As: { } keyword })
        {
            yield break;
        }

        var from = instruction.Header.Keyword.Text;
        var matches = Casing.IsLower(from) ? Casing.IsLower(keyword.Text) : !Casing.IsUpper(from) || Casing.IsUpper(keyword.Text);
        if (!matches)
        {
            yield return Found(instruction, $"'{keyword.Text}' and '{from}' keywords' casing do not match", keyword.Span);
        }
    }
}
