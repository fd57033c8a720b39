namespace Builder.Registry.Content;

/// <summary>A body whose reads fail with an <see cref="IOException"/> when no byte comes for too long.</summary>
internal sealed class WatchedBody : IAsyncDisposable
{
    private readonly Stream body;
    private readonly RegistryOptions options;
    private readonly CancellationTokenSource watchdog;

    private WatchedBody(Stream body, RegistryOptions options)
    {
        this.body = body;
        this.options = options;
        watchdog = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.Time);
    }

    /// <param name="coding">See <see cref="ContentCoding.Of"/>.</param>
    public static async Task<WatchedBody> OpenAsync(HttpResponseMessage response, RegistryOptions options, CancellationToken cancellationToken, string? coding = null) =>
        new(ContentCoding.Undo(coding, await response.Content.ReadAsStreamAsync(cancellationToken)), options);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), watchdog);
        watchdog.CancelAfter(options.StallTimeout);
        try
        {
            return await body.ReadAsync(buffer, watchdog.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("the transfer stalled");
        }
        catch (InvalidDataException e)
        {
            throw new IOException("the body is not encoded as its head says", e);
        }
        finally
        {
            // What the consumer does between two reads is its own business.
            watchdog.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        watchdog.Dispose();
    }
}
