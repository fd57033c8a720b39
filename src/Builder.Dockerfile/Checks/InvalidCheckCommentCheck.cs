using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A <c># check=</c> comment above an instruction that is malformed, or says <c>error=</c>, which only the file can (rule D9).</summary>
internal sealed class InvalidCheckCommentCheck() : InstructionCheck(CheckRules.InvalidCheckComment)
{
    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        foreach (var comment in CheckSettings.Comments(instruction))
        {
            if (Complaint(comment) is { } complaint)
            {
                yield return Found(
                    instruction, complaint, comment.Span,
                    "write # check=skip=NAMES above an instruction, with commas between the names; a reason may follow a blank");
            }
        }
    }

    private static string? Complaint(Word comment)
    {
        try
        {
            return CheckGrammar.Parse(comment).Error ? "'error=' has no effect for one instruction" : null;
        }
        catch (DockerfileException e)
        {
            return $"The comment silences nothing: {e.Message}";
        }
    }
}
