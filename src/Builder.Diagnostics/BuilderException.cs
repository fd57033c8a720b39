namespace Builder.Diagnostics;

/// <summary>
/// An error that a user is meant to read: what failed (<see cref="Exception.Message"/>, lower case, no full stop),
/// where (<see cref="Span"/>, when it is in a text the user wrote), why (the inner exception's message, if any), and
/// what to do about it (<see cref="Hint"/>). Anything else that is thrown is a bug in Builder.
/// </summary>
public class BuilderException : Exception
{
    public BuilderException(ErrorCode code, string message, string? hint = null, SourceSpan? span = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Hint = hint;
        Span = span;
    }

    public ErrorCode Code { get; }

    /// <summary>The way out, as one sentence; null when there is none better than the message.</summary>
    public string? Hint { get; }

    /// <summary>The place in the user's text that is to blame.</summary>
    public SourceSpan? Span { get; }

    /// <summary>Further errors of the same text, in its order, which were found at the same time.</summary>
    public IReadOnlyList<BuilderException> Others { get; private set; } = [];

    /// <summary>How many errors there were beyond <see cref="Others"/>.</summary>
    public int Omitted { get; private set; }

    /// <summary>This error, which from now on tells of others too.</summary>
    public BuilderException FollowedBy(IEnumerable<BuilderException> others, int omitted = 0)
    {
        ArgumentNullException.ThrowIfNull(others);
        (Others, Omitted) = ([.. Others, .. others], Omitted + omitted);
        return this;
    }

    /// <summary>
    /// The same error with the place filled in, for callers that know it when the thrower did not. Never replaces a
    /// place that is already known. A subclass that carries more than the base does overrides this.
    /// </summary>
    public virtual BuilderException At(SourceSpan span) =>
        Span is not null ? this : new BuilderException(Code, Message, Hint, span, InnerException).FollowedBy(Others, Omitted);
}
