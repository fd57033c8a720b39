using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Ignore;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>
/// A literal source of COPY or ADD is excluded by the ignore file. With an exception in that file nobody can tell without
/// looking, so then there is no finding.
/// </summary>
internal sealed class CopyIgnoredFileCheck() : StageCheck(CheckRules.CopyIgnoredFile)
{
    public override IEnumerable<Finding> Look(Instruction instruction, StageView stage)
    {
        if (instruction is not TransferInstruction transfer || stage.Context?.Ignored is not { HasExceptions: false } ignored)
        {
            yield break;
        }

        foreach (var (word, path) in ContextSources.Of(transfer, stage).Where(source => !Glob.HasWildcards(source.Path)))
        {
            var clean = GuestPath.Clean(path)[1..];
            if (clean.Length == 0 ? ignored.IgnoresEverything : ignored.IsIgnored(clean))
            {
                var verb = transfer is AddInstruction ? "Add" : "Copy";
                yield return Found(
                    instruction, $"Attempting to {verb} file \"{(clean.Length == 0 ? "." : clean)}\" that is excluded by .dockerignore", word.Span);
            }
        }
    }
}
