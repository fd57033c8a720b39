using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <summary>
/// Build arguments that nothing in the file could take: misspelt ones, mostly. Not a check, as there is no place in the file
/// to silence it at; what the file's other targets take counts as taken.
/// </summary>
internal static class UnusedBuildArgs
{
    public const string Rule = "UnusedBuildArg";

    /// <summary>Taken without an ARG.</summary>
    private static readonly string[] Taken = ["SOURCE_DATE_EPOCH", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

    /// <param name="declared">What triggers declare besides the file itself.</param>
    public static IEnumerable<Diagnostic> Of(DockerfileSyntax dockerfile, IEnumerable<string> given, IEnumerable<string> declared)
    {
        var known = dockerfile.Instructions.OfType<ArgInstruction>()
            .SelectMany(arg => arg.Declarations)
            .Select(declaration => declaration.Name.Text)
            .Concat(declared)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. given
                .Where(name => !known.Contains(name) && !Taken.Contains(name, StringComparer.OrdinalIgnoreCase) && !name.StartsWith("BUILDKIT_", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => new Diagnostic(Rule, Severity.Warning, Message(name, known))),
        ];
    }

    private static string Message(string name, IEnumerable<string> known) =>
        $"build argument '{name}' was not consumed: no ARG declares it{(Suggestions.Nearest(name, known) is { } near ? $" (did you mean {near}?)" : "")}";
}
