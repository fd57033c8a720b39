using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace Builder.Registry.Push;

/// <summary>
/// The body of an upload: a stretch of a blob, read while it is sent. Its length may be unknown; then it is sent in HTTP's
/// chunks. Who reads from the source is told by <see cref="SourceFailure"/> that it was not the network that failed.
/// </summary>
/// <param name="open">Opens the stretch at its beginning; called once an attempt.</param>
/// <param name="length">Null when only the end of the stream will tell.</param>
/// <param name="progress">Told how many bytes of this body have been handed to the network.</param>
internal sealed class UploadContent(Func<CancellationToken, Task<Stream>> open, long? length, Action<long>? progress) : HttpContent
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Below this a refused body costs less than asking first.</summary>
    private const long AsksFirst = 1024 * 1024;

    /// <summary>Called when a piece has left, and at last with true.</summary>
    public Action<bool>? Moved { get; set; }

    /// <summary>How much of the body has been handed to the network in the latest attempt.</summary>
    public long Sent { get; private set; }

    /// <summary>Why the body could not be read, when that is what ended the request.</summary>
    public Exception? SourceFailure { get; private set; }

    /// <summary>A source of unknown length is being made as it is sent: once begun, only the uploader may begin it again.</summary>
    public bool CanBeginAgain => length is not null || Sent == 0;

    /// <summary>Whether the server should say first that it wants the body: a refusal in the middle of one gets lost.</summary>
    public bool ExpectsContinue => length is null or > AsksFirst;

    public static UploadContent Of(Func<CancellationToken, Task<Stream>> open, long? length, Action<long>? progress)
    {
        var content = new UploadContent(open, length, progress);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Sent = 0;
        await using var source = await FromSourceAsync(open(cancellationToken));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (length is null || Sent < length)
            {
                var wanted = length is { } total ? (int)Math.Min(buffer.Length, total - Sent) : buffer.Length;
                var count = await FromSourceAsync(source.ReadAsync(buffer.AsMemory(0, wanted), cancellationToken).AsTask());
                if (count == 0)
                {
                    break;
                }

                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                Sent += count;
                progress?.Invoke(Sent);
                Moved?.Invoke(false);
            }

            if (length is { } promised && Sent < promised)
            {
                SourceFailure = new EndOfStreamException($"the content ended after {Sent} of {promised} bytes");
                throw SourceFailure;
            }

            Moved?.Invoke(true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }

    private async Task<T> FromSourceAsync<T>(Task<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            SourceFailure = e;
            throw;
        }
    }
}
