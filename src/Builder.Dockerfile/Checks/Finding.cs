using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>What a check found, before anybody decided whether it matters.</summary>
/// <param name="Instruction">The instruction whose comments may silence it; null for a finding about the file.</param>
public sealed record Finding(CheckRule Rule, Instruction? Instruction, string Message, SourceSpan Span, string? Hint = null)
{
    public Diagnostic ToDiagnostic() => new(Rule.Name, Severity.Warning, Message, Span, Hint);
}
