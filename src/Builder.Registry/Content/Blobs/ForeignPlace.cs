using System.Net.Http.Headers;
using Builder.Oci;
using Builder.Registry.Transport;

namespace Builder.Registry.Content.Blobs;

/// <summary>
/// An address that a descriptor's <c>urls</c> name. It is the image author's word, so it gets no login and is asked for none
/// (CVE-2020-15157), and it must be a public https address.
/// </summary>
internal sealed class ForeignPlace : IBlobPlace
{
    private readonly HttpClient client;
    private readonly Uri address;
    private readonly Digest blob;

    private ForeignPlace(HttpClient client, Uri address, Digest blob)
    {
        this.client = client;
        this.address = address;
        this.blob = blob;
    }

    public string Host => address.Authority;

    public bool RangesWork { get; set; } = true;

    /// <summary>Null for an address that is not asked.</summary>
    public static ForeignPlace? Of(HttpClient client, string url, Digest blob)
    {
        var address = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(url, UriKind.Absolute, out var any) ? RawLocation.Resolve(any, url) : null;
        return address is null || HostKind.IsInternal(address.Host) ? null : new ForeignPlace(client, address, blob);
    }

    public async Task<HttpResponseMessage> SendAsync(RangeHeaderValue? range, CancellationToken cancellationToken)
    {
        // No RegistryCall: without one, no handler adds a login or answers a challenge.
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = range;
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public Task<RegistryException> FailureAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        Task.FromResult(new RegistryException(
            RegistryErrors.NotFound, $"{blob}: {Host}, where the image says that this layer is, answers {(int)response.StatusCode}", "the layer is not in the registry; whoever made the image has to say where it is")
        {
            Host = Host,
            Status = (int)response.StatusCode,
            Url = SafeUrl.Of(address),
        });
}
