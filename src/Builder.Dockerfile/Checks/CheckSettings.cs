using Builder.Diagnostics;
using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>Which findings matter: what the file says at its top or the user in its place, and comments above instructions.</summary>
public sealed class CheckSettings(CheckDirective ofFile)
{
    private const string Prefix = "check=";

    /// <summary>Whether a finding is an error (<c>error=true</c>).</summary>
    public bool Error => ofFile.Error;

    /// <param name="buildArg">The build argument BUILDKIT_DOCKERFILE_CHECK: it replaces what the file says, even when it is empty.</param>
    /// <exception cref="DockerfileException">The build argument is malformed.</exception>
    public static CheckSettings Of(DockerfileSyntax dockerfile, string? buildArg)
    {
        ArgumentNullException.ThrowIfNull(dockerfile);
        var ofFile = buildArg is null ? dockerfile.Directives.Check : ParseBuildArg(buildArg);
        return new CheckSettings(ofFile ?? CheckDirective.None);
    }

    /// <summary>Those that matter, as remarks, in the order of the text.</summary>
    public IReadOnlyList<Diagnostic> Select(IEnumerable<Finding> findings) =>
    [
        .. findings.Where(Accepts)
            .Select(finding => finding.ToDiagnostic())
            .Distinct()
            .OrderBy(diagnostic => diagnostic.Span!.Start)
            .ThenBy(diagnostic => diagnostic.Rule, StringComparer.Ordinal),
    ];

    private bool Accepts(Finding finding)
    {
        var ofInstruction = finding.Instruction is { } instruction ? OfComments(instruction) : null;
        return ofFile.Accepts(finding.Rule, ofInstruction ?? CheckDirective.None);
    }

    /// <summary>The first comment above an instruction that is a directive. A malformed one has no effect.</summary>
    private static CheckDirective? OfComments(Instruction instruction)
    {
        var comment = Comments(instruction).FirstOrDefault();
        try
        {
            return comment is null ? null : CheckGrammar.Parse(comment);
        }
        catch (DockerfileException)
        {
            return null;
        }
    }

    /// <summary>The comments above an instruction that mean to silence checks, each from behind its <c>check=</c>.</summary>
    internal static IEnumerable<Word> Comments(Instruction instruction) =>
        from comment in instruction.Comments
        where comment.Text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        select new Word(comment.Text[Prefix.Length..], comment.Span.Source.Span(comment.Span.Start + Prefix.Length, comment.Span.Length - Prefix.Length));

    private static CheckDirective ParseBuildArg(string value)
    {
        var source = new SourceText("BUILDKIT_DOCKERFILE_CHECK", value);
        return string.IsNullOrWhiteSpace(value) ? CheckDirective.None : CheckGrammar.Parse(new Word(value, source.Span(0, value.Length)));
    }
}
