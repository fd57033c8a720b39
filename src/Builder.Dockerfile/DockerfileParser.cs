using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;

namespace Builder.Dockerfile;

/// <summary>Reads a whole Dockerfile. The language is described in <c>spec/dockerfile.md</c>.</summary>
public static class DockerfileParser
{
    /// <summary>Parses every instruction of every stage, whether or not it will be built.</summary>
    /// <exception cref="DockerfileException">
    /// The first error of the text, with its place, and the others behind it (<see cref="BuilderException.Others"/>).
    /// </exception>
    public static DockerfileSyntax Parse(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var (dockerfile, errors) = new DockerfileReader(source).Read();
        errors.ThrowIfAny();
        return dockerfile!;
    }

    /// <summary>The directives alone: a file that names another front end may be in another language.</summary>
    /// <exception cref="DockerfileException">A directive is malformed.</exception>
    public static ParserDirectives ReadDirectives(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DirectiveReader(source).Read().Directives;
    }
}
