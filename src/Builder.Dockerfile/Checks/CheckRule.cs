using System.Text;

namespace Builder.Dockerfile.Checks;

/// <summary>What a build check is called and what it is about. See <see cref="CheckRules"/> for all of them.</summary>
/// <param name="Name">As people write it behind <c>skip=</c>.</param>
/// <param name="Description">What is wrong, in general; the message of a finding says it of the very place.</param>
public sealed record CheckRule(string Name, string Description)
{
    private const string Pages = "spec/checks/";
    private const string BuildKitPages = "https://docs.docker.com/go/dockerfile/rule/";

    /// <summary>Off unless <c>experimental=</c> asks for it.</summary>
    public bool IsExperimental { get; init; }

    /// <summary>BuildKit has no such check.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Reported only of stages that the target needs; other checks look at the whole file.</summary>
    public bool OnlyNeededStages { get; init; }

    /// <summary>Whether BuildKit has a page about it. All of its checks but one have.</summary>
    public bool HasBuildKitPage { get; init; } = true;

    /// <summary>The page about it in this repository.</summary>
    public string Page => Pages + Name + ".md";

    /// <summary>The address that editors know it by: BuildKit's, else our page.</summary>
    public string Url => IsOwn || !HasBuildKitPage ? Page : $"{BuildKitPages}{KebabName}/";

    /// <summary><c>JSONArgsRecommended</c> becomes <c>json-args-recommended</c>.</summary>
    private string KebabName
    {
        get
        {
            var kebab = new StringBuilder();
            for (var i = 0; i < Name.Length; i++)
            {
                var startsWord = char.IsAsciiLetterUpper(Name[i]) && i > 0
                    && (!char.IsAsciiLetterUpper(Name[i - 1]) || (i + 1 < Name.Length && char.IsAsciiLetterLower(Name[i + 1])));
                kebab.Append(startsWord ? "-" : "").Append(char.ToLowerInvariant(Name[i]));
            }

            return kebab.ToString();
        }
    }
}
