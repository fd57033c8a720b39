using System.Diagnostics.CodeAnalysis;
using Builder.Diagnostics;

namespace Builder.Dockerfile;

/// <summary>Something is wrong with what a Dockerfile, an ignore file or an ONBUILD trigger says.</summary>
public sealed class DockerfileException(ErrorCode code, string message, string? hint = null, SourceSpan? span = null, Exception? inner = null)
    : BuilderException(code, Shorten(message), Shorten(hint), span, inner)
{
    // Messages quote words of the file, and a hostile word can be as long as the file.
    private const int Head = 300;
    private const int Tail = 100;

    public override BuilderException At(SourceSpan span) =>
        Span is not null ? this : new DockerfileException(Code, Message, Hint, span, InnerException).FollowedBy(Others, Omitted);

    [return: NotNullIfNotNull(nameof(text))]
    private static string? Shorten(string? text) =>
        text is null || text.Length <= Head + Tail ? text : string.Concat(text.AsSpan(0, Head), "…", text.AsSpan(text.Length - Tail));
}
