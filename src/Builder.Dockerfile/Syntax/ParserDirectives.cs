using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>What the <c># name=value</c> lines at the top of a file say.</summary>
/// <param name="Escape">Continues lines and escapes in expansion: a backslash or a backtick.</param>
/// <param name="Syntax">The front end that the file asks for: its image reference and, after a blank, its arguments.</param>
public sealed record ParserDirectives(char Escape, Word? Syntax, CheckDirective? Check)
{
    /// <summary>The value of <c># check=</c>.</summary>
    public SourceSpan? CheckSpan { get; init; }

    /// <summary>The value of <c># escape=</c>.</summary>
    public SourceSpan? EscapeSpan { get; init; }

    public static ParserDirectives Default { get; } = new('\\', null, null);
}
