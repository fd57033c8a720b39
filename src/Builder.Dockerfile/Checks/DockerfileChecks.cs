using System.Collections.Immutable;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>All checks that need nothing but the text.</summary>
public static class DockerfileChecks
{
    private static readonly ImmutableArray<DockerfileCheck> Checks =
    [
        new StageNameCasingCheck(),
        new FromAsCasingCheck(),
        new NoEmptyContinuationCheck(),
        new ConsistentInstructionCasingCheck(),
        new DuplicateStageNameCheck(),
        new ReservedStageNameCheck(),
        new MaintainerDeprecatedCheck(),
        new MultipleInstructionsDisallowedCheck(),
        new LegacyKeyValueFormatCheck(),
        new RedundantTargetPlatformCheck(),
        new SecretsUsedInArgOrEnvCheck(),
        new InvalidDefinitionDescriptionCheck(),
        new AmbiguousStageNameCheck(),
        new DirectiveIgnoredCheck(),
        new FlagIgnoredCheck(),
        new InvalidCheckCommentCheck(),
        new JSONFormIgnoredCheck(),
        new UnknownCheckNameCheck(),
    ];

    /// <summary>Everything that they find, whether or not it is silenced; see <see cref="CheckSettings.Select"/>.</summary>
    public static IEnumerable<Finding> Run(DockerfileSyntax dockerfile)
    {
        ArgumentNullException.ThrowIfNull(dockerfile);
        return Checks.SelectMany(check => check.Look(dockerfile)).Concat(OfTriggers(dockerfile));
    }

    /// <summary>A blank line in a continuation is the ONBUILD's own, and was found there; so are comments that describe.</summary>
    private static IEnumerable<Finding> OfTriggers(DockerfileSyntax dockerfile) =>
        from onbuild in dockerfile.Instructions.OfType<OnbuildInstruction>()
        let trigger = InstructionParser.TryParseTrigger(onbuild, dockerfile.Directives.Escape)
        where trigger is not null
        from check in Checks.OfType<InstructionCheck>()
        where check is not (NoEmptyContinuationCheck or InvalidDefinitionDescriptionCheck or InvalidCheckCommentCheck)
        from finding in check.Look(trigger)
        select finding;
}
