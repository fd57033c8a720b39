using System.Text.RegularExpressions;

namespace Builder.MSBuild.Progress;

/// <summary>An error as the program tells it before it knows that a program reads it: <c>error BLD2001: unknown option …</c>.</summary>
internal sealed record PlainError(string Code, string Message)
{
    private static readonly Regex Form = new(@"^(?:.*: )?error (?<code>BLD\d{4}): (?<message>.+)$", RegexOptions.CultureInvariant);

    public static PlainError? TryParse(string line) =>
        Form.Match(line) is { Success: true } match ? new PlainError(match.Groups["code"].Value, match.Groups["message"].Value) : null;
}
