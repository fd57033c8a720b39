using System.Net.Http.Headers;
using Builder.Oci;
using Builder.Registry.Transport;

namespace Builder.Registry.Content;

/// <summary>One repository in one place, ready to be asked.</summary>
/// <param name="name">The repository as the user knows it, wherever this place is.</param>
internal sealed class Connection(HttpClient client, RegistryOptions options, Endpoint endpoint, string name)
{
    private readonly RegistryCall call = new(endpoint, endpoint.PullScope);

    public RegistryOptions Options => options;

    public Endpoint Endpoint => endpoint;

    public string Name => name;

    /// <summary>Asks, and returns the head of whatever is answered.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, CancellationToken cancellationToken, string? accept = null, RangeHeaderValue? range = null)
    {
        using var request = call.Request(method, uri);
        request.Headers.Range = range;
        foreach (var (header, value) in options.Hosts.GetValueOrDefault(endpoint.Registry.Authority)?.Headers ?? new Dictionary<string, string>())
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public Task<RegistryException> FailureAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken) =>
        StatusFailure.OfAsync(response, call, what, options, cancellationToken);

    /// <summary>Reads a small answer whole, and asks again when the connection breaks in the middle of it.</summary>
    /// <param name="what">What is asked for, as the user knows it.</param>
    public async Task<(MediaTypeHeaderValue? Type, byte[] Body)> GetSmallAsync(Uri uri, string what, CancellationToken cancellationToken, string? accept = null)
    {
        var (headers, body) = await GetAsync(uri, what, accept, cancellationToken);
        return (headers.ContentType, body);
    }

    /// <summary>The same, with the link to what comes after it (RFC 8288); null when there is no more.</summary>
    public async Task<(string? Next, byte[] Body)> GetPageAsync(Uri uri, string what, CancellationToken cancellationToken)
    {
        var (headers, body) = await GetAsync(uri, what, null, cancellationToken);
        return (headers.Link, body);
    }

    private async Task<((MediaTypeHeaderValue? ContentType, string? Link) Headers, byte[] Body)> GetAsync(Uri uri, string what, string? accept, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var response = await SendAsync(HttpMethod.Get, uri, cancellationToken, accept);
            if (!response.IsSuccessStatusCode)
            {
                throw await FailureAsync(response, what, cancellationToken);
            }

            try
            {
                var body = await BoundedBody.ReadAsync(response, OciJson.MaxDocumentSize, options, cancellationToken);
                var link = response.Headers.NonValidated.TryGetValues("Link", out var links) ? links.ToString() : null;
                return ((response.Content.Headers.ContentType, link), body ?? throw new RegistryException(
                    RegistryErrors.InvalidManifest, $"{what}: the document is larger than the {OciJson.MaxDocumentSize} bytes allowed") { Host = uri.Authority, Url = SafeUrl.Of(uri) });
            }
            catch (IOException e)
            {
                if (attempt >= options.Attempts)
                {
                    throw new RegistryException(RegistryErrors.ConnectionLost, $"{what}: the connection to {uri.Authority} broke {attempt} times", inner: e) { Host = uri.Authority, Url = SafeUrl.Of(uri) };
                }
            }

            await Task.Delay(Backoff.Pause(options, attempt), options.Time, cancellationToken);
        }
    }
}
