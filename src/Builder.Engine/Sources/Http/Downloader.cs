using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Engine.Sources.Http;

/// <summary>
/// Downloads a URL into a file: waits out servers that are busy, goes on where a connection broke, and starts over where
/// that is not possible.
/// </summary>
internal sealed class Downloader(WebClient client, SourceOptions options, TimeProvider time)
{
    private const int BufferSize = 128 * 1024;

    /// <param name="target">Written from its start; must be able to seek.</param>
    /// <param name="known">What an earlier download had; the server may answer that nothing has changed.</param>
    /// <param name="progress">Told how many bytes there are, and of how many if the server says.</param>
    /// <exception cref="BuilderException">See <see cref="SourceErrors"/>, 4050 to 4054.</exception>
    public async Task<Download> FetchAsync(
        string url, string? authorization, Stream target, Validators known, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var address = WebAddress.Parse(url);
        using var transfer = new Transfer(target);
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            try
            {
                using var response = await client.GetAsync(address, authorization, request => Prepare(request, transfer, known), cancellationToken);
                var status = (int)response.StatusCode;
                if (status == 304 && known != Validators.None && transfer.Length == 0)
                {
                    return new Download(null, known, null);
                }

                if (status is 200 or 203 or 206)
                {
                    return await ReadAsync(url, response, transfer, progress, cancellationToken);
                }

                if (status == 416 && transfer.Length > 0)
                {
                    transfer.Restart();
                }
                else if (status is not (408 or 425 or 429 or 500 or 502 or 503 or 504) || attempt >= options.MaxAttempts)
                {
                    throw HttpFailure.OfStatus(url, status);
                }

                asked = response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - time.GetUtcNow()) : null;
            }
            catch (Exception e) when (e is HttpRequestException or HttpIOException or IOException { InnerException: SocketException } or TimeoutException)
            {
                if (attempt >= options.MaxAttempts || IsFinal(e))
                {
                    throw HttpFailure.Of(url, e);
                }
            }

            await Task.Delay(Pause(attempt, asked), time, cancellationToken);
        }
    }

    private static void Prepare(HttpRequestMessage request, Transfer transfer, Validators known)
    {
        if (transfer.Length > 0 && transfer.Validators.ForRange is { } validator)
        {
            request.Headers.TryAddWithoutValidation("Range", string.Create(CultureInfo.InvariantCulture, $"bytes={transfer.Length}-"));
            request.Headers.TryAddWithoutValidation("If-Range", validator);
        }
        else if (known.ETag is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }
        else if (known.LastModified is { } date)
        {
            request.Headers.TryAddWithoutValidation("If-Modified-Since", date);
        }
    }

    private async Task<Download> ReadAsync(string url, HttpResponseMessage response, Transfer transfer, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var continues = response.StatusCode == HttpStatusCode.PartialContent;
        if (!continues)
        {
            transfer.Restart();
        }
        else if (response.Content.Headers.ContentRange?.From != transfer.Length)
        {
            transfer.Restart();
            throw new HttpIOException(HttpRequestError.InvalidResponse, "the server continues somewhere else");
        }

        transfer.Validators = ValidatorsOf(response) is { } seen && seen != Validators.None ? seen : transfer.Validators;
        var total = transfer.Length + response.Content.Headers.ContentLength;
        if (total > options.MaxDownload)
        {
            throw TooBig(url);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int count; (count = await ReadAsync(body, buffer, cancellationToken)) > 0;)
            {
                await transfer.AddAsync(buffer.AsMemory(0, count), cancellationToken);
                if (transfer.Length > options.MaxDownload)
                {
                    throw TooBig(url);
                }

                progress(transfer.Length, total);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await transfer.Target.FlushAsync(cancellationToken);
        return new Download(transfer.Finish(), transfer.Validators, response.Content.Headers.LastModified);
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(options.Silence);
        try
        {
            return await body.ReadAsync(buffer, silence.Token);
        }
        catch (Exception e) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("nothing more came in time", e);
        }
    }

    private static Validators ValidatorsOf(HttpResponseMessage response) => new(
        response.Headers.NonValidated.TryGetValues("ETag", out var tags) ? tags.FirstOrDefault() : null,
        response.Content.Headers.NonValidated.TryGetValues("Last-Modified", out var dates) ? dates.FirstOrDefault() : null);

    /// <summary>What another attempt would not change.</summary>
    private static bool IsFinal(Exception e) =>
        e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };

    private TimeSpan Pause(int failures, TimeSpan? asked)
    {
        var pause = asked ?? options.FirstPause * Math.Pow(2, failures - 1);
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause > options.MaxPause ? options.MaxPause : pause;
    }

    private BuilderException TooBig(string url) => new(
        SourceErrors.DownloadTooBig, $"{WebAddress.Shown(url)} has more than the {options.MaxDownload} bytes that a download may have");

    /// <summary>What has arrived so far, over all attempts.</summary>
    private sealed class Transfer(Stream target) : IDisposable
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public Stream Target => target;

        public long Length { get; private set; }

        public Validators Validators { get; set; } = Validators.None;

        public void Restart()
        {
            hash.GetHashAndReset();
            target.SetLength(0);
            Length = 0;
            Validators = Validators.None;
        }

        public async ValueTask AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await target.WriteAsync(bytes, cancellationToken);
            hash.AppendData(bytes.Span);
            Length += bytes.Length;
        }

        public Digest Finish() => Digest.FromHash(hash.GetHashAndReset());

        public void Dispose() => hash.Dispose();
    }
}
