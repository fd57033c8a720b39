using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>
/// The language that a file says it is written in. Builder is the front end for Dockerfiles, of every version and from
/// every mirror; a file for another program would be misread, so it is refused.
/// </summary>
public static class FrontEnd
{
    private const string Argument = "BUILDKIT_SYNTAX";
    private const string BuiltIn = "dockerfile.v0";

    /// <summary>Parses a file once it is certain that it is a Dockerfile, so that another language is not taken for a wrong one.</summary>
    /// <exception cref="DockerfileException">The file is for another front end, or does not parse.</exception>
    public static DockerfileSyntax Parse(SourceText source, IReadOnlyDictionary<string, string> buildArgs)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(buildArgs);
        RequireOurs(DockerfileParser.ReadDirectives(source), buildArgs);
        return DockerfileParser.Parse(source);
    }

    /// <exception cref="DockerfileException"><see cref="DockerfileErrors.OtherFrontEnd"/>.</exception>
    internal static void RequireOurs(ParserDirectives directives, IReadOnlyDictionary<string, string> buildArgs)
    {
        var given = buildArgs.GetValueOrDefault(Argument) is { Length: > 0 } argument ? argument : null;
        var name = (given ?? directives.Syntax?.Text)?.Split(' ', 2)[0];
        if (name is null or BuiltIn || (ImageReference.TryParse(name, out var image) && IsDockerfile(image.Path)))
        {
            return;
        }

        throw new DockerfileException(
            DockerfileErrors.OtherFrontEnd, $"the front end {name} is not the Dockerfile language",
            given is null
                ? $"if the file is a Dockerfile, take the line away or build with --build-arg {Argument}={BuiltIn}"
                : $"Builder reads Dockerfiles itself: leave {Argument} away",
            given is null ? directives.Syntax?.Span : null);
    }

    private static bool IsDockerfile(string path) =>
        path.Split('/') is [.., "docker", "dockerfile" or "dockerfile-upstream"];
}
