using Builder.Diagnostics;

namespace Builder.Dockerfile;

/// <summary>Something is wrong with what a Dockerfile, an ignore file or an ONBUILD trigger says.</summary>
public sealed class DockerfileException(ErrorCode code, string message, string? hint = null, SourceSpan? span = null, Exception? inner = null)
    : BuilderException(code, message, hint, span, inner)
{
    public override BuilderException At(SourceSpan span) =>
        Span is not null ? this : new DockerfileException(Code, Message, Hint, span, InnerException);
}
