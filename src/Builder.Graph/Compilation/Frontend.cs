using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>
/// Parses a file once it is certain that it is a Dockerfile: <c># syntax=</c> and the build argument BUILDKIT_SYNTAX, which comes
/// first, can name a front end for another language (rule D6).
/// </summary>
public static class Frontend
{
    private const string BuildArg = "BUILDKIT_SYNTAX";
    private const string BuiltIn = "dockerfile.v0";
    private static readonly string[] Frontends = ["docker/dockerfile", "docker/dockerfile-upstream"];

    /// <exception cref="BuilderException">The file is for another front end, or does not parse.</exception>
    public static DockerfileSyntax Parse(SourceText source, IReadOnlyDictionary<string, string> buildArgs)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(buildArgs);
        var directive = source.Text.Length == 0 ? null : DockerfileParser.ReadDirectives(source).Syntax;
        if (buildArgs.TryGetValue(BuildArg, out var given))
        {
            Require(given, null);
        }
        else if (directive is not null)
        {
            Require(directive.Text, directive.Span);
        }

        return DockerfileParser.Parse(source);
    }

    /// <summary>Docker's own front end in any version is the language that is read here, also from a registry that mirrors it.</summary>
    private static void Require(string frontend, SourceSpan? span)
    {
        var name = frontend.Split(' ', 2)[0];
        var isKnown = name is "" or BuiltIn
            || (ImageReference.TryParse(name, out var reference)
                && Frontends.Any(known => reference.Path == known || reference.Path.EndsWith("/" + known, StringComparison.Ordinal)));
        if (!isKnown)
        {
            throw new BuilderException(
                GraphErrors.ForeignFrontend,
                span is null
                    ? $"{BuildArg} asks for the front end {name}, and only Dockerfiles are read here"
                    : $"the file asks for the front end {name}, and only Dockerfiles are read here",
                $"if it is a Dockerfile nevertheless, build with --build-arg {BuildArg}={BuiltIn}", span);
        }
    }
}
