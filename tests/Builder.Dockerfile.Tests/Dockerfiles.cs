using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tests;

/// <summary>Short ways from a text to what it says.</summary>
internal static class Dockerfiles
{
    public static DockerfileSyntax Parse(string text) => DockerfileParser.Parse(new SourceText("Dockerfile", text));

    /// <summary>What the checks of the text have to say, as a build would.</summary>
    public static IReadOnlyList<Diagnostic> Warnings(string text, string? buildArg = null)
    {
        var file = Parse(text);
        return CheckSettings.Of(file, buildArg).Select(DockerfileChecks.Run(file));
    }

    /// <summary>What follows <c>FROM scratch</c>.</summary>
    public static IReadOnlyList<Instruction> InStage(string text) => Parse("FROM scratch\n" + text).Stages.Single().Instructions;

    /// <summary>The one instruction that follows <c>FROM scratch</c>.</summary>
    public static T One<T>(string text)
        where T : Instruction => Assert.IsType<T>(Assert.Single(InStage(text)));

    /// <summary>The error of a text, as <c>line:column code message</c>.</summary>
    public static string Error(string text)
    {
        var error = Assert.Throws<DockerfileException>(() => Parse(text));
        return $"{error.Span!.Line}:{error.Span.Column} {error.Code} {error.Message}";
    }

    public static IEnumerable<string> Texts(this IEnumerable<Word> words) => words.Select(word => word.Text);

    public static string Shell(this CommandLine command) => Assert.IsType<ShellCommand>(command).Text;

    public static IEnumerable<string> Exec(this CommandLine command) => Assert.IsType<ExecCommand>(command).Arguments.Texts();
}
