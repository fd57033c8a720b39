using System.Net.Http.Headers;
using Builder.Oci;
using Builder.Registry.Content;
using Builder.Registry.Transport;

namespace Builder.Registry.Push;

/// <summary>One repository, ready to be written to. Never a mirror: those are for reading.</summary>
internal sealed class PushConnection
{
    private readonly HttpClient client;
    private readonly RegistryCall call;

    public PushConnection(HttpClient client, RegistryOptions options, Endpoint endpoint, string name)
    {
        this.client = client;
        Options = options;
        Name = name;
        call = new RegistryCall(endpoint, $"repository:{endpoint.Repository}:pull,push");
    }

    public RegistryOptions Options { get; }

    public Endpoint Endpoint => call.Endpoint;

    /// <summary>The repository as the user knows it.</summary>
    public string Name { get; }

    /// <summary>The slash matters: without it registries redirect, and a redirected POST becomes a GET.</summary>
    public Uri Uploads => new(Endpoint.Registry, $"{Endpoint.Repository}/blobs/uploads/");

    /// <summary>Asks, and returns the head of whatever is answered.</summary>
    /// <param name="extraScope">What a token has to allow besides reading and writing here.</param>
    /// <exception cref="RegistryException">No answer came, for a request that can be repeated after several attempts.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri uri, CancellationToken cancellationToken, HttpContent? content = null, Action<HttpRequestHeaders>? headers = null, string? extraScope = null)
    {
        var asked = extraScope is null ? call : call with { Scope = $"{call.Scope} {extraScope}" };
        using var request = asked.Request(method, uri);
        request.Content = content;
        headers?.Invoke(request.Headers);
        if (content is UploadContent { ExpectsContinue: true })
        {
            request.Headers.ExpectContinue = true;
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>A request without a body that says so: some servers want a length with every POST and PUT.</summary>
    public async Task<HttpResponseMessage> SendEmptyAsync(HttpMethod method, Uri uri, CancellationToken cancellationToken, string? extraScope = null)
    {
        using var nothing = new ByteArrayContent([]);
        return await SendAsync(method, uri, cancellationToken, nothing, extraScope: extraScope);
    }

    /// <summary>Whether the repository has a blob, by a HEAD; an answer that says neither yes nor no counts as no.</summary>
    public async Task<bool> HasBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Head, Endpoint.Blob(blob.Digest), cancellationToken);
        return response.IsSuccessStatusCode && (response.Content.Headers.ContentLength is not { } length || length == blob.Size);
    }

    /// <summary>What the error says, for an answer that ends the operation.</summary>
    /// <param name="operation">What was being done, as in "pushing the manifest of app:1".</param>
    public Task<RegistryException> FailureAsync(HttpResponseMessage response, string operation, CancellationToken cancellationToken) =>
        PushFailure.OfAsync(response, Endpoint, operation, Options, cancellationToken);
}
