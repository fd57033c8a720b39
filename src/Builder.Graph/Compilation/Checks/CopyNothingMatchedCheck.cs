using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Ignore;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>
/// A wildcard source matches nothing in the build context, which copies nothing without a word (rule C4). A pattern such as
/// <c>fil[e]</c>, which can only match one name, is how people say that a file is optional, and no finding.
/// </summary>
internal sealed class CopyNothingMatchedCheck() : StageCheck(CheckRules.CopyNothingMatched)
{
    public override IEnumerable<Finding> Look(Instruction instruction, StageView stage)
    {
        if (instruction is not TransferInstruction transfer || stage.Context is not { } context)
        {
            yield break;
        }

        foreach (var (word, path) in ContextSources.Of(transfer, stage).Where(source => source.Path.AsSpan().IndexOfAny('*', '?') >= 0))
        {
            var parents = transfer is CopyInstruction { Parents: true };
            if (Glob.HasWildcards(path) && !context.HasMatch(parents ? GuestPath.CleanWithPivot(path) : GuestPath.Clean(path), parents))
            {
                yield return Found(
                    instruction, $"The pattern \"{path}\" matches nothing in the build context, so nothing is copied", word.Span,
                    "for a file that may be missing write one letter of its name in brackets: fil[e]");
            }
        }
    }
}
