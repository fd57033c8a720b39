using System.Net;
using Builder.Registry.Content;
using Builder.Registry.Transport;

namespace Builder.Registry.Push;

/// <content>What answers mean for the upload.</content>
internal sealed partial class BlobUploader
{
    private const int MaxBodyForCode = ErrorBody.MaxSize;

    /// <summary>An answer that says nothing about the blob or the way it was sent.</summary>
    private static bool IsPassing(HttpResponseMessage response) =>
        (int)response.StatusCode is 408 or 425 or 429 or 499 or 500 or 502 or 503 or 504 or (>= 520 and <= 527);

    /// <summary>
    /// A refusal: of the session, then the upload begins again; of the way or the size, then it begins again in another; of
    /// the blob or the user, then it is an error.
    /// </summary>
    private async Task<Outcome> JudgeAsync(HttpResponseMessage response, UploadWay way, long size, CancellationToken cancellationToken)
    {
        var body = await BoundedBody.TryReadAsync(response, MaxBodyForCode, connection.Options, cancellationToken);
        var failure = PushFailure.Of(response, body, connection.Endpoint, What);
        var code = ErrorBody.Code(body);
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotFound or HttpStatusCode.BadRequest when code is "BLOB_UPLOAD_UNKNOWN" or "BLOB_UPLOAD_INVALID":
            case HttpStatusCode.NotFound when way == UploadWay.Pieces:
                return Outcome.Again(failure);
            case HttpStatusCode.BadRequest when code == "DIGEST_INVALID":
                // Once is an accident on the way; the pieces may have been put together wrongly.
                return Outcome.Again(failure);
            case HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.RequestedRangeNotSatisfiable when size > 0 && TooLarge(response, body):
                return habit.TooLarge(size) ? Outcome.Again(failure, hasLearned: true) : throw failure;
            case HttpStatusCode.LengthRequired or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented or HttpStatusCode.NotFound
                or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.UnsupportedMediaType when way != UploadWay.Pieces:
            case HttpStatusCode.BadRequest when way != UploadWay.Pieces && code is "SIZE_INVALID" or "UNSUPPORTED" or null:
                habit.Refused(way);
                return Outcome.Again(failure, hasLearned: true);
            case HttpStatusCode.BadRequest when way == UploadWay.Pieces && size > 0 && code is "SIZE_INVALID":
                return habit.TooLarge(size) ? Outcome.Again(failure, hasLearned: true) : throw failure;
            default:
                throw failure;
        }
    }

    /// <summary>A 416 is about the range, or, from those that say so, about the size of the body.</summary>
    private static bool TooLarge(HttpResponseMessage response, byte[]? body) =>
        response.StatusCode == HttpStatusCode.RequestEntityTooLarge
        || ErrorBody.Describe(body).Contains("too large", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// How much of the blob the registry has after it accepted a body. Its count may be missing, or stand still although the
    /// bytes are kept; then ours counts, and at the end the digest decides. Null when it went back behind what it had.
    /// </summary>
    private async Task<long?> AcknowledgedAsync(HttpResponseMessage response, UploadSession session, long before, long sent, CancellationToken cancellationToken)
    {
        var kept = UploadRange.Of(response, sent);
        if (kept is null || kept == sent)
        {
            return sent;
        }

        // Asked a second time: one that counts wrongly in its answers mostly does not know this question at all.
        var status = await StatusAsync(session, sent, cancellationToken);
        return status is not { } known ? sent
            : known.Kept >= before && known.Kept <= sent ? known.Kept
            : null;
    }

    /// <summary>Where the upload is, as the registry says; null when it does not say, or has more than it was sent.</summary>
    private async Task<(UploadSession Session, long Kept)?> StatusAsync(UploadSession session, long sent, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await connection.SendAsync(HttpMethod.Get, session.Location, cancellationToken);
            return response.IsSuccessStatusCode && UploadRange.Of(response, sent) is { } kept && kept <= sent
                ? (UploadSession.Of(response, session), kept)
                : null;
        }
        catch (RegistryException e) when (e.Code == RegistryErrors.ConnectionLost)
        {
            return null;
        }
    }

    /// <summary>Waits as long as the registry asks for, else as long as is usual after so many failures.</summary>
    private async Task PauseAsync(HttpResponseMessage? response, int failures, CancellationToken cancellationToken)
    {
        var asked = response is null ? null : RetryAfter.Of(response, connection.Options.Time);
        if (asked > connection.Options.LongestPause)
        {
            throw await connection.FailureAsync(response!, What, cancellationToken);
        }

        await Task.Delay(asked ?? Backoff.Pause(connection.Options, failures), connection.Options.Time, cancellationToken);
    }
}
