using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A word that looks like a flag in front of the arguments of ARG, STOPSIGNAL or HEALTHCHECK NONE, which drop it (rule I7).</summary>
internal sealed class FlagIgnoredCheck() : InstructionCheck(CheckRules.FlagIgnored)
{
    private static readonly char[] Blanks = [' ', '\t', '\v', '\f', '\r'];

    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        if (instruction is not (ArgInstruction or StopSignalInstruction or HealthcheckInstruction { Command: null }))
        {
            yield break;
        }

        var flags = instruction.Code.Split(Blanks, StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .TakeWhile(word => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2);
        foreach (var flag in flags)
        {
            var start = instruction.Span.Text.IndexOf(flag, StringComparison.Ordinal);
            var span = start < 0 ? null : instruction.Span.Source.Span(instruction.Span.Start + start, flag.Length);
            yield return Found(instruction, $"{instruction.Name} has no flags here, '{flag}' is ignored", span);
        }
    }
}
