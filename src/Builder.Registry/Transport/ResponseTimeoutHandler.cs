using Builder.Registry.Push;

namespace Builder.Registry.Transport;

/// <summary>
/// Gives up on a server that accepts a request and then says nothing. Covers connecting and the wait for the answer's
/// head; bodies that come have a watchdog of their own, and no transfer has a total limit: while an upload goes on, each
/// piece of it that leaves starts the wait anew, so that it is the stall that counts and not the size.
/// </summary>
internal sealed class ResponseTimeoutHandler(RegistryOptions options) : DelegatingHandler
{
    /// <summary>A registry checks, and sometimes copies, a whole blob before it answers the request that ends the upload.</summary>
    private const int PatienceAfterUpload = 5;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ResponseTimeout, options.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var upload = request.Content as UploadContent;
        if (upload is not null)
        {
            upload.Moved = isLast => Extend(timeout, isLast ? options.ResponseTimeout * PatienceAfterUpload : options.ResponseTimeout);
        }

        try
        {
            return await base.SendAsync(request, linked.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Either our own timer, or the connect timeout of the sockets handler, which looks like a cancellation too.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "no answer in time", new TimeoutException("no answer in time", e));
        }
        finally
        {
            upload?.Moved = null;
        }
    }

    private static void Extend(CancellationTokenSource timeout, TimeSpan wait)
    {
        try
        {
            timeout.CancelAfter(wait);
        }
        catch (ObjectDisposedException)
        {
            // The server answered before it had taken all: the rest of the body moves for nobody.
        }
    }
}
