namespace Builder.Dockerfile.Checks;

/// <summary>The case of keywords, which are ASCII.</summary>
internal static class Casing
{
    public static bool IsLower(string keyword) => !keyword.Any(char.IsAsciiLetterUpper);

    public static bool IsUpper(string keyword) => !keyword.Any(char.IsAsciiLetterLower);
}
