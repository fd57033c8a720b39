namespace Builder.Registry.Transport;

internal static class RetryAfter
{
    /// <summary>How long a server asks to be left alone (RFC 9110 §10.2.3), in seconds or until a date; null when it does not say.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time)
    {
        var after = response.Headers.RetryAfter;
        var pause = after?.Delta ?? (after?.Date is { } date ? date - time.GetUtcNow() : null);
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause;
    }
}
