using System.Net;
using System.Runtime.ExceptionServices;
using Builder.Oci;
using Builder.Registry.Content;
using Builder.Registry.Transport;

namespace Builder.Registry.Push;

/// <summary>
/// Brings one blob into a repository, with as little traffic as the registry allows (distribution-spec, "Push"): asks
/// whether it is there, asks to have it mounted, sends it. How it is sent is what the registry has shown to take
/// (<see cref="UploadHabit"/>); a transfer that breaks goes on where the registry says it was, or begins again.
/// </summary>
internal sealed partial class BlobUploader(PushConnection connection, BlobSource source, UploadHabit habit, Action<long>? progress)
{
    /// <summary>How often an upload may begin again without having learned anything from what happened.</summary>
    private const int MaxRestarts = 4;

    /// <summary>…and all in all: ways and sizes of pieces to learn are few.</summary>
    private const int MaxAttempts = 20;

    private long bytesSent;
    private int restarts;

    private string What => source.Descriptor is { } known
        ? $"pushing blob {known.Digest} to {connection.Name}"
        : $"pushing a new layer to {connection.Name}";

    /// <param name="mountFrom">A repository of the same registry that is believed to have the blob; null when none is.</param>
    public async Task<PushedBlob> RunAsync(string? mountFrom, CancellationToken cancellationToken)
    {
        if (source.Descriptor is { } known && await connection.HasBlobAsync(known, cancellationToken))
        {
            return new PushedBlob(known, BlobFate.Existed, 0);
        }

        var session = await BeginAsync(mountFrom, cancellationToken);
        for (var attempt = 1; session is not null; attempt++)
        {
            var outcome = await SendAsync(session, cancellationToken);
            if (outcome.Sent is { } sent)
            {
                return new PushedBlob(sent, BlobFate.Sent, bytesSent);
            }

            restarts += outcome.HasLearned ? 0 : 1;
            if (restarts >= MaxRestarts || attempt >= MaxAttempts)
            {
                throw outcome.Why!;
            }

            await Task.Delay(Backoff.Pause(connection.Options, restarts + 1), connection.Options.Time, cancellationToken);
            session = await BeginAsync(null, cancellationToken);
        }

        return new PushedBlob(source.Descriptor!, BlobFate.Mounted, 0);
    }

    /// <summary>Opens an upload; null when the registry mounted the blob instead.</summary>
    private async Task<UploadSession?> BeginAsync(string? mountFrom, CancellationToken cancellationToken)
    {
        if (mountFrom is not null && habit.Mounts && source.Descriptor is { } known)
        {
            var uri = new Uri(connection.Uploads, $"?mount={known.Digest}&from={mountFrom}");
            using var mounted = await connection.SendEmptyAsync(HttpMethod.Post, uri, cancellationToken, $"repository:{mountFrom}:pull");
            switch (mounted.StatusCode)
            {
                case HttpStatusCode.Created:
                    return null;
                case HttpStatusCode.Accepted:
                    return Opened(mounted);
            }

            // Whatever it says, a plain upload may still work. Not to be allowed to read one repository says nothing about others.
            habit.Mounts = mounted.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound;
        }

        using var response = await connection.SendEmptyAsync(HttpMethod.Post, connection.Uploads, cancellationToken);
        return response.IsSuccessStatusCode ? Opened(response) : throw await connection.FailureAsync(response, What, cancellationToken);
    }

    private UploadSession Opened(HttpResponseMessage response)
    {
        if (UploadRange.MinLength(response) is > 0 and var least)
        {
            habit.AtLeast(least);
        }

        return UploadSession.Of(response, null);
    }

    private Task<Outcome> SendAsync(UploadSession session, CancellationToken cancellationToken) => habit.Way switch
    {
        UploadWay.Whole when source.Descriptor is { } known => SendWholeAsync(session, known, cancellationToken),
        UploadWay.Pieces => SendPiecesAsync(session, 0, cancellationToken),
        _ => StreamAsync(session, 0, cancellationToken),
    };

    /// <summary>One PUT.</summary>
    private async Task<Outcome> SendWholeAsync(UploadSession session, Descriptor blob, CancellationToken cancellationToken)
    {
        using var content = UploadContent.Of(token => source.OpenAsync(0, token), blob.Size, progress);
        var (response, broken) = await TrySendAsync(HttpMethod.Put, session.Ending(blob.Digest), content, null, cancellationToken);
        using (response)
        {
            if (response is { IsSuccessStatusCode: true })
            {
                return await EndedAsync(response, blob, cancellationToken);
            }

            // It may have arrived although the answer did not.
            if (response is null && await connection.HasBlobAsync(blob, cancellationToken))
            {
                return Outcome.Done(blob);
            }

            return response is null || IsPassing(response)
                ? await RecoverAsync(session, response, broken, content.Sent, cancellationToken)
                : await JudgeAsync(response, UploadWay.Whole, blob.Size, cancellationToken);
        }
    }

    /// <summary>One PATCH with all that is left from an offset, then a PUT without a body.</summary>
    private async Task<Outcome> StreamAsync(UploadSession session, long offset, CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            var from = offset;
            var length = source.Descriptor?.Size - from;
            if (length == 0)
            {
                return await EndAsync(session, cancellationToken);
            }

            using var content = UploadContent.Of(token => source.OpenAsync(from, token), length, sent => progress?.Invoke(from + sent));
            if (from > 0 && length is { } left)
            {
                content.Headers.TryAddWithoutValidation("Content-Range", $"{from}-{from + left - 1}");
            }

            var (response, broken) = await TrySendAsync(HttpMethod.Patch, session.Location, content, null, cancellationToken);
            using (response)
            {
                if (response is { IsSuccessStatusCode: true })
                {
                    session = UploadSession.Of(response, session);
                    var total = from + content.Sent;
                    if (await AcknowledgedAsync(response, session, from, total, cancellationToken) is not { } kept)
                    {
                        return Outcome.Again(Lost(response.RequestMessage!.RequestUri!, "has lost count of the upload"));
                    }

                    if (kept == total)
                    {
                        return await EndAsync(session, cancellationToken);
                    }

                    offset = kept;
                }
                else if (response is not null && !IsPassing(response))
                {
                    return await JudgeAsync(response, UploadWay.Stream, source.Descriptor?.Size ?? content.Sent, cancellationToken);
                }
                else
                {
                    await PauseAsync(response, failures + 1, cancellationToken);
                    if (await StatusAsync(session, from + content.Sent, cancellationToken) is not { } status || status.Kept < from)
                    {
                        return await UnrecoverableAsync(response, broken, content.Sent, cancellationToken);
                    }

                    (session, offset) = status;
                    if (offset == from && response is null && habit.Broke(content.Sent))
                    {
                        return await SendPiecesAsync(session, offset, cancellationToken);
                    }
                }

                // A connection that brought something on before it broke is no failure to count.
                failures = offset > from ? 1 : failures + 1;
                if (failures >= connection.Options.Attempts)
                {
                    return Outcome.Again(broken is null ? Lost(session.Location, "takes no more of the upload") : Broken(broken));
                }
            }
        }
    }

    /// <summary>After a PUT or PATCH that did not come through: goes on where the registry says that it was, if it says so.</summary>
    private async Task<Outcome> RecoverAsync(UploadSession session, HttpResponseMessage? response, RegistryException? broken, long sent, CancellationToken cancellationToken)
    {
        await PauseAsync(response, 1, cancellationToken);
        return await StatusAsync(session, sent, cancellationToken) is ({ } current, > 0 and var kept)
            ? await StreamAsync(current, kept, cancellationToken)
            : await UnrecoverableAsync(response, broken, sent, cancellationToken);
    }

    /// <summary>What was sent is lost: a connection that did not hold for the whole may hold for a piece.</summary>
    private async Task<Outcome> UnrecoverableAsync(HttpResponseMessage? response, RegistryException? broken, long sent, CancellationToken cancellationToken)
    {
        if (response is not null)
        {
            return Outcome.Again(await connection.FailureAsync(response, What, cancellationToken));
        }

        return Outcome.Again(Broken(broken!), hasLearned: habit.Broke(sent));
    }

    /// <summary>The PUT that names the digest of what was sent.</summary>
    private async Task<Outcome> EndAsync(UploadSession session, CancellationToken cancellationToken)
    {
        var blob = source.Finished();
        using var response = await connection.SendEmptyAsync(HttpMethod.Put, session.Ending(blob.Digest), cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return await EndedAsync(response, blob, cancellationToken);
        }

        // A first PUT may have ended the upload and its answer may have been lost; the second one finds no upload.
        if (response.StatusCode == HttpStatusCode.NotFound && await connection.HasBlobAsync(blob, cancellationToken))
        {
            return Outcome.Done(blob);
        }

        return await JudgeAsync(response, UploadWay.Pieces, 0, cancellationToken);
    }

    private async Task<Outcome> EndedAsync(HttpResponseMessage response, Descriptor blob, CancellationToken cancellationToken)
    {
        if (response.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values)
            && Digest.TryParse(values.ToString(), out var stored) && stored != blob.Digest)
        {
            return Outcome.Again(Wrong(response, $"has stored {stored} instead"));
        }

        // 201 is the one answer that means it; the others have been seen from registries that did and that did not.
        return response.StatusCode == HttpStatusCode.Created || await connection.HasBlobAsync(blob, cancellationToken)
            ? Outcome.Done(blob)
            : Outcome.Again(Wrong(response, $"answers {(int)response.StatusCode} and does not have the blob"));
    }

    private RegistryException Wrong(HttpResponseMessage response, string what) =>
        new(RegistryErrors.WrongContent, $"{What}: {connection.Endpoint.Domain} {what}{PushFailure.RequestId(response)}", "the registry, or a proxy before it, does not keep what it is sent");

    private RegistryException Lost(Uri uri, string what) =>
        new(RegistryErrors.UploadFailed, $"{What}: {uri.Authority} {what}", "try again later; if it stays, the registry's storage may be at fault") { Host = uri.Authority };

    private RegistryException Broken(RegistryException e) =>
        new(RegistryErrors.UploadFailed, $"{What}: {e.Message}", e.Hint ?? "check the network, and whether a proxy in between limits what may be sent", inner: e) { Host = e.Host, Url = e.Url };

    /// <summary>Sends a body; a connection that fails is a result, a source that fails is not.</summary>
    private async Task<(HttpResponseMessage? Response, RegistryException? Broken)> TrySendAsync(
        HttpMethod method, Uri uri, UploadContent content, Action<System.Net.Http.Headers.HttpRequestHeaders>? headers, CancellationToken cancellationToken)
    {
        try
        {
            return (await connection.SendAsync(method, uri, cancellationToken, content, headers), null);
        }
        catch (Exception e) when (content.SourceFailure is { } failure && e is not OperationCanceledException)
        {
            ExceptionDispatchInfo.Throw(failure);
            throw;
        }
        catch (RegistryException e) when (e.Code == RegistryErrors.ConnectionLost || e.Code == RegistryErrors.Unreachable || e.Code == RegistryErrors.NotARegistry)
        {
            return (null, e);
        }
        finally
        {
            bytesSent += content.Sent;
        }
    }
}
