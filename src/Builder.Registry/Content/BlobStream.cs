using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Builder.Oci;
using Builder.Registry.Transport;

namespace Builder.Registry.Content;

/// <summary>
/// A blob on its way, forward only. The hash runs across connections: when one breaks, the next begins where it ended
/// (RFC 9110 §14), and the bytes delivered so far stay delivered. Every new connection starts at the registry, because the
/// signed address that an earlier redirect led to may have expired.
/// </summary>
internal sealed class BlobStream(Connection connection, Descriptor blob, IProgress<long>? progress) : Stream
{
    /// <summary>A connection that brought this much before it broke is no failure to count.</summary>
    private const long WorthwhileProgress = 1024 * 1024;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private HttpResponseMessage? response;
    private WatchedBody? body;
    private long position;
    private long positionAtFailure;
    private int failures;
    private bool rangesWork = true;
    private bool verified;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => blob.Size;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    private string What => $"{connection.Name}@{blob.Digest}";

    /// <summary>Begins, so that a blob that is not there is known before anything is read.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (blob.Size == 0)
        {
            Verify();
            return;
        }

        while (!await TryConnectAsync(cancellationToken))
        {
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (verified || buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            if (body is null && !await TryConnectAsync(cancellationToken))
            {
                continue;
            }

            try
            {
                var read = await body!.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                {
                    throw new IOException($"ended after {position} of {blob.Size} bytes");
                }

                await AcceptAsync(buffer[..read], cancellationToken);
                return read;
            }
            catch (IOException e)
            {
                await FailedAsync(e, cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Blocking on the network is not offered.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a blob is read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        hash.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            response?.Dispose();
            hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task AcceptAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (position + bytes.Length > blob.Size)
        {
            throw Wrong($"is longer than the {blob.Size} bytes that the image says");
        }

        hash.AppendData(bytes.Span);
        var end = position + bytes.Length;
        if (end == blob.Size)
        {
            Verify();
            await DrainAsync(cancellationToken);
        }

        position = end;
        progress?.Report(position);
    }

    private void Verify()
    {
        var actual = Digest.FromHash(hash.GetHashAndReset());
        if (actual != blob.Digest)
        {
            throw Wrong($"has {blob.Size} bytes that hash to {actual}");
        }

        verified = true;
    }

    /// <summary>
    /// Reads the end of the answer, so that the connection can serve the next request. The content is right by now: a
    /// connection that breaks here has broken too late to matter.
    /// </summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await body!.ReadAsync(new byte[1], cancellationToken) != 0)
            {
                throw Wrong($"is longer than the {blob.Size} bytes that the image says");
            }
        }
        catch (IOException)
        {
        }

        await DisconnectAsync();
    }

    /// <summary>False when the answer cannot be used and the next attempt will be another one.</summary>
    private async Task<bool> TryConnectAsync(CancellationToken cancellationToken)
    {
        // No If-Range: the name of a blob is its digest, so there is no second version to guard against, while servers
        // behind one name do disagree on the ETag and would start over each time.
        var range = position > 0 && rangesWork ? new RangeHeaderValue(position, null) : null;
        try
        {
            response = await connection.SendAsync(HttpMethod.Get, connection.Endpoint.Blob(blob.Digest), cancellationToken, range: range);
        }
        catch (RegistryException e) when (position > 0 && (e.Code == RegistryErrors.Unreachable || e.Code == RegistryErrors.ConnectionLost))
        {
            // A registry that was there a moment ago is given longer to come back than one that never was.
            await FailedAsync(new IOException(e.Message, e), cancellationToken);
            return false;
        }

        if (range is not null && !Continues(response))
        {
            // 416, another range than asked for, several ranges: this server cannot, so take all and skip. A 200 is that already.
            rangesWork = false;
            if ((int)response.StatusCode is 206 or 416)
            {
                await DisconnectAsync();
                return false;
            }
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await connection.FailureAsync(response, What, cancellationToken);
        }

        var whole = response.StatusCode != HttpStatusCode.PartialContent;
        if (whole && response.Content.Headers.ContentLength is { } length && length != blob.Size)
        {
            throw Wrong($"has {length} bytes, the image says {blob.Size}");
        }

        body = await WatchedBody.OpenAsync(response, connection.Options, cancellationToken);
        return !whole || await TrySkipAsync(position, cancellationToken);
    }

    private bool Continues(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.PartialContent
        && answer.Content.Headers.ContentRange is { Unit: "bytes", From: { } from } given
        && from == position
        && (given.To is null || given.To == blob.Size - 1)
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
        var host = response?.RequestMessage?.RequestUri?.Authority ?? connection.Endpoint.Registry.Authority;
        await DisconnectAsync();
        failures = position - positionAtFailure >= WorthwhileProgress ? 1 : failures + 1;
        positionAtFailure = position;
        if (failures >= connection.Options.Attempts)
        {
            throw new RegistryException(
                RegistryErrors.ConnectionLost, $"{What}: the connection to {host} broke {failures} times, at last after {position} of {blob.Size} bytes", inner: e) { Host = host };
        }

        await Task.Delay(Backoff.Pause(connection.Options, failures), connection.Options.Time, cancellationToken);
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

    private RegistryException Wrong(string what) =>
        new(RegistryErrors.WrongContent, $"the blob {blob.Digest} of {connection.Name} {what}", "the registry, or a proxy before it, does not deliver what the image names")
        {
            Host = response?.RequestMessage?.RequestUri?.Authority,
        };
}
