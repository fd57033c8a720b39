using System.Collections.Immutable;

namespace Builder.Dockerfile.Checks;

/// <summary>
/// Every build check: BuildKit's twenty-two under their names, then our own. Each has a page, <c>spec/checks/NAME.md</c>. Those that
/// need nothing but the text are in this folder, those that need values, a base image or the context in
/// <c>Builder.Graph/Compilation/Checks</c>.
/// </summary>
public static class CheckRules
{
    public static readonly CheckRule StageNameCasing = new("StageNameCasing", "Stage names should be lowercase");

    public static readonly CheckRule FromAsCasing = new("FromAsCasing", "The 'as' keyword should match the case of the 'from' keyword");

    public static readonly CheckRule NoEmptyContinuation = new("NoEmptyContinuation", "Empty continuation lines will become errors in a future release");

    public static readonly CheckRule ConsistentInstructionCasing =
        new("ConsistentInstructionCasing", "All instructions of a Dockerfile should be written in one case, upper or lower");

    public static readonly CheckRule DuplicateStageName = new("DuplicateStageName", "Stage names should be unique");

    public static readonly CheckRule ReservedStageName = new("ReservedStageName", "Reserved words should not be used as stage names");

    public static readonly CheckRule JSONArgsRecommended =
        new("JSONArgsRecommended", "JSON arguments are recommended for ENTRYPOINT and CMD, so that signals reach the program")
        {
            OnlyNeededStages = true,
        };

    public static readonly CheckRule MaintainerDeprecated =
        new("MaintainerDeprecated", "MAINTAINER is deprecated, a label says who made an image");

    public static readonly CheckRule UndefinedArgInFrom = new("UndefinedArgInFrom", "FROM should use declared ARGs only");

    public static readonly CheckRule UndefinedVar = new("UndefinedVar", "Variables should be defined before their use") { OnlyNeededStages = true };

    public static readonly CheckRule WorkdirRelativePath =
        new("WorkdirRelativePath", "A relative WORKDIR without an absolute one before it depends on the base image")
        {
            OnlyNeededStages = true,
        };

    public static readonly CheckRule MultipleInstructionsDisallowed =
        new("MultipleInstructionsDisallowed", "CMD, ENTRYPOINT and HEALTHCHECK should stand once in a stage")
        {
            OnlyNeededStages = true,
        };

    public static readonly CheckRule LegacyKeyValueFormat =
        new("LegacyKeyValueFormat", "Keys and values should be separated by '=', not by a blank") { OnlyNeededStages = true };

    public static readonly CheckRule InvalidBaseImagePlatform =
        new("InvalidBaseImagePlatform", "The platform of a base image is not the one that was expected")
        {
            OnlyNeededStages = true,
            HasBuildKitPage = false,
        };

    public static readonly CheckRule RedundantTargetPlatform =
        new("RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM says what is so anyway");

    public static readonly CheckRule FromPlatformFlagConstDisallowed =
        new("FromPlatformFlagConstDisallowed", "FROM --platform should not have a constant value");

    public static readonly CheckRule SecretsUsedInArgOrEnv =
        new("SecretsUsedInArgOrEnv", "Secrets should not be passed in ARG or ENV, which end up in the image") { OnlyNeededStages = true };

    public static readonly CheckRule InvalidDefaultArgInFrom =
        new("InvalidDefaultArgInFrom", "The defaults of global ARGs should make a usable name of the base image");

    public static readonly CheckRule CopyIgnoredFile =
        new("CopyIgnoredFile", "A file that is copied is excluded by the ignore file") { OnlyNeededStages = true };

    public static readonly CheckRule ExposeProtoCasing =
        new("ExposeProtoCasing", "The protocol in EXPOSE should be lowercase") { OnlyNeededStages = true };

    public static readonly CheckRule ExposeInvalidFormat =
        new("ExposeInvalidFormat", "EXPOSE should name no address and no port of the host") { OnlyNeededStages = true };

    public static readonly CheckRule InvalidDefinitionDescription =
        new("InvalidDefinitionDescription", "The comment above a stage or an argument should describe it: # NAME DESCRIPTION")
        {
            IsExperimental = true,
        };

    public static readonly CheckRule AmbiguousStageName =
        new("AmbiguousStageName", "A name is used that several stages have") { IsOwn = true };

    public static readonly CheckRule CopyDestNotDirectory =
        new("CopyDestNotDirectory", "Several files are copied to one destination that is not said to be a directory")
        {
            IsOwn = true,
            OnlyNeededStages = true,
        };

    public static readonly CheckRule CopyNothingMatched =
        new("CopyNothingMatched", "A wildcard of COPY or ADD matches nothing in the build context") { IsOwn = true, OnlyNeededStages = true };

    public static readonly CheckRule DirectiveIgnored =
        new("DirectiveIgnored", "A comment looks like a directive and stands where it has no effect") { IsOwn = true };

    public static readonly CheckRule FlagIgnored = new("FlagIgnored", "A flag of an instruction that has none is dropped") { IsOwn = true };

    public static readonly CheckRule HeredocWithoutErrexit =
        new("HeredocWithoutErrexit", "A script in a here-document goes on after a command that failed") { IsOwn = true, OnlyNeededStages = true };

    public static readonly CheckRule InvalidCheckComment =
        new("InvalidCheckComment", "A comment that should silence a check is malformed") { IsOwn = true };

    public static readonly CheckRule JSONFormIgnored =
        new("JSONFormIgnored", "What looks like a JSON array is none, and is taken as plain text") { IsOwn = true };

    public static readonly CheckRule UnknownCheckName = new("UnknownCheckName", "There is no check of this name") { IsOwn = true };

    /// <summary>In the order of BuildKit's documentation, our own behind them.</summary>
    public static ImmutableArray<CheckRule> All { get; } =
    [
        StageNameCasing, FromAsCasing, NoEmptyContinuation, ConsistentInstructionCasing, DuplicateStageName, ReservedStageName,
        JSONArgsRecommended, MaintainerDeprecated, UndefinedArgInFrom, UndefinedVar, WorkdirRelativePath,
        MultipleInstructionsDisallowed, LegacyKeyValueFormat, InvalidBaseImagePlatform, RedundantTargetPlatform,
        FromPlatformFlagConstDisallowed, SecretsUsedInArgOrEnv, InvalidDefaultArgInFrom, CopyIgnoredFile, ExposeProtoCasing,
        ExposeInvalidFormat, InvalidDefinitionDescription,
        AmbiguousStageName, CopyDestNotDirectory, CopyNothingMatched, DirectiveIgnored, FlagIgnored, HeredocWithoutErrexit,
        InvalidCheckComment, JSONFormIgnored, UnknownCheckName,
    ];

    /// <summary>The check of that name, in any case; null when there is none.</summary>
    public static CheckRule? Find(string name) => All.FirstOrDefault(rule => rule.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
