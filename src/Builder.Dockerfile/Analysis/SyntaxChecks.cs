using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Analysis;

/// <summary>The checks that need nothing but the syntax tree, and what a file switches off.</summary>
internal static class SyntaxChecks
{
    public static ImmutableArray<Diagnostic> Run(DockerfileSyntax dockerfile)
    {
        var check = dockerfile.Directives.Check ?? CheckDirective.None;
        return
        [
            .. StageChecks.Run(dockerfile)
                .Concat(InstructionChecks.Run(dockerfile))
                .Concat(CasingChecks.Run(dockerfile))
                .Where(finding => !check.Skips(finding.Rule) && !SkippedAbove(finding))
                .Select(finding => new Diagnostic(finding.Rule, Severity.Warning, finding.Message, finding.Span ?? finding.Instruction.Span))
                .OrderBy(diagnostic => diagnostic.Span!.Start)
                .ThenBy(diagnostic => diagnostic.Rule, StringComparer.Ordinal),
        ];
    }

    /// <summary>A comment such as <c># check=skip=StageNameCasing</c> above an instruction speaks for it alone.</summary>
    private static bool SkippedAbove(Finding finding) =>
        finding.Instruction.Comments.Any(comment => comment.Text.StartsWith("check=", StringComparison.OrdinalIgnoreCase) && Skips(comment, finding.Rule));

    private static bool Skips(Word comment, string rule)
    {
        try
        {
            var value = comment.Text["check=".Length..];
            return Grammar.CheckGrammar.Parse(comment with { Text = value }).Skips(rule);
        }
        catch (DockerfileException)
        {
            // Malformed, so it is an ordinary comment.
            return false;
        }
    }
}

/// <summary>What a check found, before the file had its say.</summary>
internal sealed record Finding(string Rule, Instruction Instruction, string Message, SourceSpan? Span = null);
