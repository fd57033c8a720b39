namespace Builder.MSBuild.Progress;

/// <summary>
/// The numbers under which build checks are known to MSBuild, so that <c>NoWarn</c> and <c>WarningsAsErrors</c> can name them. A
/// number never changes its meaning: a new check comes to the end.
/// </summary>
internal static class CheckCodes
{
    private const int First = 6101;

    /// <summary>A check that this list does not know, and what else the program warns of.</summary>
    public const string Other = "BLD6100";

    public static readonly IReadOnlyList<string> Checks =
    [
        "StageNameCasing", "FromAsCasing", "NoEmptyContinuation", "ConsistentInstructionCasing", "DuplicateStageName", "ReservedStageName",
        "JSONArgsRecommended", "MaintainerDeprecated", "UndefinedArgInFrom", "UndefinedVar", "WorkdirRelativePath",
        "MultipleInstructionsDisallowed", "LegacyKeyValueFormat", "InvalidBaseImagePlatform", "RedundantTargetPlatform",
        "FromPlatformFlagConstDisallowed", "SecretsUsedInArgOrEnv", "InvalidDefaultArgInFrom", "CopyIgnoredFile", "ExposeProtoCasing",
        "ExposeInvalidFormat", "InvalidDefinitionDescription", "AmbiguousStageName", "CopyDestNotDirectory", "CopyNothingMatched",
        "DirectiveIgnored", "FlagIgnored", "HeredocWithoutErrexit", "InvalidCheckComment", "JSONFormIgnored", "UnknownCheckName",
    ];

    public static string Of(string check)
    {
        for (var i = 0; i < Checks.Count; i++)
        {
            if (Checks[i] == check)
            {
                return $"BLD{First + i}";
            }
        }

        return Other;
    }

    public static bool IsCheck(string name) => Of(name) != Other;
}
