using System.Net;
using System.Net.Http.Headers;
using Builder.Oci;
using Builder.Registry.Transport;

namespace Builder.Registry.Content.Blobs;

/// <summary>
/// The bytes of a blob from one offset to another, whatever becomes of the connections that bring them. When one breaks, the
/// next begins where it ended (RFC 9110 §14); when a place fails for good, the next place goes on at the same offset. What
/// was read is never asked for again, except of servers that do not know ranges.
/// </summary>
internal sealed class BlobRange(BlobPlaces places, RegistryOptions options, string what, Descriptor blob, long start, long end) : IAsyncDisposable
{
    /// <summary>A connection that brought this much before it broke is no failure to count.</summary>
    private const long WorthwhileProgress = 1024 * 1024;

    private readonly long start = start;
    private HttpResponseMessage? response;
    private WatchedBody? body;
    private long position = start;
    private long positionAtFailure = start;
    private int failures;
    private int current;

    /// <summary>The offset in the blob of the next byte.</summary>
    public long Position => position;

    /// <summary>How many places there are that were not asked yet.</summary>
    public int PlacesLeft => places.Count - 1 - current;

    /// <summary>The host that the last bytes came from.</summary>
    public string? Host { get; private set; }

    /// <summary>Begins, so that a blob that is not there is known before anything is read.</summary>
    /// <returns>Whether the server gives the range that was asked for, and not all of the blob.</returns>
    public async Task<bool> OpenAsync(CancellationToken cancellationToken)
    {
        while (body is null)
        {
            await TryConnectAsync(cancellationToken);
        }

        return response!.StatusCode == HttpStatusCode.PartialContent;
    }

    /// <summary>The next bytes; 0 when the range is complete.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (position < end)
        {
            if (body is null && !await TryConnectAsync(cancellationToken))
            {
                continue;
            }

            try
            {
                // One byte more than is due, where the blob ends: to see that the server does not go on.
                var read = await body!.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                {
                    throw new IOException($"ended after {position} of {blob.Size} bytes");
                }

                if (read > end - position)
                {
                    read = end == blob.Size ? throw Wrong($"is longer than the {blob.Size} bytes that the image says") : (int)(end - position);
                }

                position += read;
                return read;
            }
            catch (IOException e)
            {
                await FailedAsync(e, cancellationToken);
            }
        }

        return 0;
    }

    /// <summary>
    /// Reads the end of the answer, so that the connection can serve the next request. The content is complete by now: a
    /// connection that breaks here has broken too late to matter.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (body is not null && end == blob.Size)
        {
            try
            {
                if (await body.ReadAsync(new byte[1], cancellationToken) != 0)
                {
                    throw Wrong($"is longer than the {blob.Size} bytes that the image says");
                }
            }
            catch (IOException)
            {
            }
        }

        await DisconnectAsync();
    }

    public async ValueTask DisposeAsync() => await DisconnectAsync();

    public void Abort() => response?.Dispose();

    public RegistryException Wrong(string how) =>
        new(RegistryErrors.WrongContent, $"the blob {what} {how}{(Host is null ? "" : $" (from {Host})")}", "the registry, or a proxy before it, does not deliver what the image names") { Host = Host };

    /// <summary>False when the answer cannot be used and the next attempt will be another one.</summary>
    private async Task<bool> TryConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(await places.GetAsync(current, cancellationToken), cancellationToken);
        }
        catch (RegistryException e) when (position > start && (e.Code == RegistryErrors.Unreachable || e.Code == RegistryErrors.ConnectionLost) && !IsExhausted)
        {
            // A registry that was there a moment ago is given longer to come back than one that never was.
            await FailedAsync(new IOException(e.Message, e), cancellationToken);
            return false;
        }
        catch (RegistryException e) when (PlacesLeft > 0)
        {
            await NextPlaceAsync(e);
            return false;
        }
    }

    private bool IsExhausted => failures >= options.Attempts;

    private async Task<bool> ConnectAsync(IBlobPlace place, CancellationToken cancellationToken)
    {
        // No If-Range: the name of a blob is its digest, so there is no second version to guard against, while servers
        // behind one name do disagree on the ETag and would start over each time.
        var isAll = position == 0 && end == blob.Size;
        var range = !isAll && place.RangesWork ? new RangeHeaderValue(position, end == blob.Size ? null : end - 1) : null;
        response = await place.SendAsync(range, cancellationToken);
        Host = response.RequestMessage?.RequestUri?.Authority ?? place.Host;
        if (range is not null && !Continues(response))
        {
            // 416, another range than asked for, several ranges: this server cannot, so take all and skip. A 200 is that already.
            if (response.IsSuccessStatusCode || (int)response.StatusCode == 416)
            {
                place.RangesWork = false;
            }

            if ((int)response.StatusCode is 206 or 416)
            {
                await DisconnectAsync();
                return false;
            }
        }

        if (!response.IsSuccessStatusCode)
        {
            var failed = response;
            response = null;
            using (failed)
            {
                throw await place.FailureAsync(failed, cancellationToken);
            }
        }

        var isWhole = response.StatusCode != HttpStatusCode.PartialContent;
        var coding = isWhole ? ContentCoding.Of(response, blob.Size) : null;
        if (isWhole && coding is null && response.Content.Headers.ContentLength is { } length && length != blob.Size)
        {
            throw Wrong($"has {length} bytes, the image says {blob.Size}");
        }

        body = await WatchedBody.OpenAsync(response, options, cancellationToken, coding);
        return !isWhole || await TrySkipAsync(position, cancellationToken);
    }

    private bool Continues(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.PartialContent
        && answer.Content.Headers.ContentEncoding.Count == 0
        && answer.Content.Headers.ContentRange is { Unit: "bytes", From: { } from } given
        && from == position
        && (given.To is null || given.To == end - 1)
        && (given.Length is null || given.Length == blob.Size);

    private async Task<bool> TrySkipAsync(long count, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (count > 0)
            {
                var read = await body!.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellationToken);
                if (read == 0)
                {
                    throw new IOException("ended early");
                }

                count -= read;
            }

            return true;
        }
        catch (IOException e)
        {
            await FailedAsync(e, cancellationToken);
            return false;
        }
    }

    private async Task FailedAsync(IOException e, CancellationToken cancellationToken)
    {
        await DisconnectAsync();
        failures = position - positionAtFailure >= WorthwhileProgress ? 1 : failures + 1;
        positionAtFailure = position;
        if (IsExhausted)
        {
            var lost = new RegistryException(
                RegistryErrors.ConnectionLost,
                $"{what}: the connection to {Host} broke {failures} times, at last after {position} of {blob.Size} bytes",
                "what has arrived is kept: the same command goes on from there",
                inner: e) { Host = Host };
            if (PlacesLeft == 0)
            {
                throw lost;
            }

            await NextPlaceAsync(lost);
            return;
        }

        await Task.Delay(Backoff.Pause(options, failures), options.Time, cancellationToken);
    }

    private async Task NextPlaceAsync(RegistryException why)
    {
        if (why.Code != RegistryErrors.NotFound)
        {
            options.OnWarning?.Invoke(new RegistryWarning(why.Host ?? Host ?? "", $"going on elsewhere: {why.Message}"));
        }

        await DisconnectAsync();
        current++;
        failures = 0;
    }

    private async Task DisconnectAsync()
    {
        if (body is not null)
        {
            await body.DisposeAsync();
        }

        response?.Dispose();
        (body, response) = (null, null);
    }
}
