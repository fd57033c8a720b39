using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>A stage has the name of an earlier one, case put aside.</summary>
internal sealed class DuplicateStageNameCheck() : DockerfileCheck(CheckRules.DuplicateStageName)
{
    public override IEnumerable<Finding> Look(DockerfileSyntax dockerfile) =>
        from stage in dockerfile.Stages
        where stage.Name is not null
        group stage by stage.Name into same
        from again in same.Skip(1)
        select Found(again.From, $"Duplicate stage name \"{again.Name}\", stage names should be unique", again.From.Alias!.Span);
}
