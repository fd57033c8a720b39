using System.Text;
using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>A here-document: <c>[FD]&lt;&lt;[-]DELIMITER</c> on the line, and the raw lines below it up to the delimiter.</summary>
/// <param name="Delimiter">The delimiter without its quotes; also the name of the file that COPY makes of it.</param>
/// <param name="Body">The lines between as they are in the file, line ends included.</param>
/// <param name="Expand">Whether COPY and ADD expand variables in it: no quote was in the delimiter.</param>
/// <param name="StripTabs">Written with <c>&lt;&lt;-</c>: leading tabs of every line do not count.</param>
/// <param name="FileDescriptor">The number in front, which only a shell heeds; 0 when there is none.</param>
/// <param name="Span">The opening word.</param>
/// <param name="BodySpan">The body without its terminator.</param>
public sealed record Heredoc(
    string Delimiter, string Body, bool Expand, bool StripTabs, int FileDescriptor, SourceSpan Span, SourceSpan BodySpan)
{
    /// <summary>The body as a file's content: without leading tabs if it was opened with <c>&lt;&lt;-</c>.</summary>
    public string Content => StripTabs ? WithoutLeadingTabs(Body) : Body;

    private static string WithoutLeadingTabs(string body)
    {
        var stripped = new StringBuilder(body.Length);
        var rest = body.AsSpan();
        while (!rest.IsEmpty)
        {
            var newline = rest.IndexOf('\n');
            var line = newline < 0 ? rest : rest[..(newline + 1)];
            stripped.Append(line.TrimStart('\t'));
            rest = rest[line.Length..];
        }

        return stripped.ToString();
    }
}
