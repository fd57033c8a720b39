using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>
/// A stage is referred to by a name that several have: FROM means the last one above it, <c>--from</c> and mounts the last one of
/// the file (rule B4).
/// </summary>
internal sealed class AmbiguousStageNameCheck() : DockerfileCheck(CheckRules.AmbiguousStageName)
{
    public override IEnumerable<Finding> Look(DockerfileSyntax dockerfile)
    {
        var ambiguous = dockerfile.Stages.Where(stage => stage.Name is not null)
            .GroupBy(stage => stage.Name!)
            .Where(same => same.Count() > 1)
            .ToDictionary(same => same.Key, same => same.ToArray());
        return ambiguous.Count == 0 ? [] : dockerfile.Stages.SelectMany(stage => Look(stage, ambiguous));
    }

    private IEnumerable<Finding> Look(StageSyntax stage, Dictionary<string, StageSyntax[]> ambiguous)
    {
        if (ambiguous.TryGetValue(stage.From.Image.Text, out var bases) && bases.LastOrDefault(other => other.Index < stage.Index) is { } above)
        {
            yield return Found(stage.From, Message(stage.From.Image.Text, above, "the last one above"), stage.From.Image.Span);
        }

        foreach (var (instruction, name, span) in stage.Instructions.SelectMany(References))
        {
            if (ambiguous.TryGetValue(name.ToLowerInvariant(), out var sources))
            {
                yield return Found(instruction, Message(name, sources[^1], "the last one of the file"), span);
            }
        }
    }

    private static string Message(string name, StageSyntax meant, string why) =>
        $"Several stages are named \"{name}\", meant is the one of line {meant.From.Span.Line}, {why}";

    private static IEnumerable<(Instruction Instruction, string Name, SourceSpan Span)> References(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } => [(instruction, from.Text, from.Span)],
        RunInstruction run => run.Mounts.Select(mount => mount.From).OfType<Word>().Select(from => (instruction, from.Text, from.Span)),
        _ => [],
    };
}
