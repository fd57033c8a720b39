namespace Builder.Diagnostics;

/// <summary>How much a <see cref="Diagnostic"/> matters: a warning never changes the result.</summary>
public enum Severity
{
    Warning,
    Error,
}

/// <summary>
/// A remark about a user's text that is collected, not thrown: a lint finding, or a parse error among several.
/// </summary>
/// <param name="Rule">The rule's name as other tools know it (<c>StageNameCasing</c>), or an error code.</param>
public sealed record Diagnostic(string Rule, Severity Severity, string Message, SourceSpan? Span = null, string? Hint = null);
