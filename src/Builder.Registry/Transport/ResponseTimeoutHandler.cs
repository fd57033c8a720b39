namespace Builder.Registry.Transport;

/// <summary>
/// Gives up on a server that accepts a request and then says nothing. Covers connecting and the wait for the answer's
/// head; bodies have a watchdog of their own, and no transfer has a total limit.
/// </summary>
internal sealed class ResponseTimeoutHandler(RegistryOptions options) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ResponseTimeout, options.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await base.SendAsync(request, linked.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Either our own timer, or the connect timeout of the sockets handler, which looks like a cancellation too.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "no answer in time", new TimeoutException("no answer in time", e));
        }
    }
}
