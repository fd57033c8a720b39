using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>
/// All checks that need values, a base image or the context. <see cref="UndefinedVarCheck"/> and
/// <see cref="InvalidBaseImagePlatformCheck"/> are asked where the compiler meets what they are about.
/// </summary>
internal static class CompilationChecks
{
    private static readonly ImmutableArray<FromCheck> OfFrom =
    [
        new UndefinedArgInFromCheck(),
        new FromPlatformFlagConstDisallowedCheck(),
        new InvalidDefaultArgInFromCheck(),
    ];

    private static readonly ImmutableArray<StageCheck> OfStages =
    [
        new JSONArgsRecommendedCheck(),
        new WorkdirRelativePathCheck(),
        new CopyIgnoredFileCheck(),
        new ExposeProtoCasingCheck(),
        new ExposeInvalidFormatCheck(),
        new CopyDestNotDirectoryCheck(),
        new CopyNothingMatchedCheck(),
        new HeredocWithoutErrexitCheck(),
    ];

    /// <summary>Those that ask nothing of a stage but what it passes on to the ones that start from it.</summary>
    private static readonly ImmutableArray<StageCheck> OfTriggers =
    [
        new JSONArgsRecommendedCheck(),
        new ExposeProtoCasingCheck(),
        new ExposeInvalidFormatCheck(),
        new HeredocWithoutErrexitCheck(),
    ];

    /// <summary>What is found in the FROMs of a file. A word that does not expand is an error, of which the compiler speaks.</summary>
    public static IEnumerable<Finding> OfFroms(FromView file) =>
        from stage in file.Dockerfile.Stages
        from check in OfFrom
        from finding in Quietly(() => check.Look(stage.From, file))
        select finding;

    public static IEnumerable<Finding> Of(Instruction instruction, StageView stage) => OfStages.SelectMany(check => check.Look(instruction, stage));

    /// <summary>
    /// What is found in the trigger of an ONBUILD where it stands. Variables, context and working directory are those of a stage
    /// that is not there yet.
    /// </summary>
    public static IEnumerable<Finding> OfTrigger(Instruction trigger, StageView stage) =>
        OfTriggers.SelectMany(check => Quietly(() => check.Look(trigger, stage)));

    private static IReadOnlyList<Finding> Quietly(Func<IEnumerable<Finding>> look)
    {
        try
        {
            return [.. look()];
        }
        catch (BuilderException)
        {
            return [];
        }
    }
}
