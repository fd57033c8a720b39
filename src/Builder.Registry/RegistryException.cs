using Builder.Diagnostics;

namespace Builder.Registry;

/// <summary>An error between here and a registry, with what is needed to look into it.</summary>
public sealed class RegistryException : BuilderException
{
    public RegistryException(ErrorCode code, string message, string? hint = null, SourceSpan? span = null, Exception? inner = null)
        : base(code, message, hint, span, inner)
    {
    }

    /// <summary>The host (and port) that was spoken to; a storage host after a redirect.</summary>
    public string? Host { get; init; }

    /// <summary>The HTTP status, if there was an answer.</summary>
    public int? Status { get; init; }

    /// <summary>What was requested, without query: queries carry signatures.</summary>
    public string? Url { get; init; }

    /// <summary>The operator's name for the request (<c>X-Request-Id</c> and its cousins), if the server gave one.</summary>
    public string? RequestId { get; init; }

    public override BuilderException At(SourceSpan span) =>
        Span is not null ? this : new RegistryException(Code, Message, Hint, span, InnerException) { Host = Host, Status = Status, Url = Url, RequestId = RequestId };
}
