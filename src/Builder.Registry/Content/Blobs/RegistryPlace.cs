using System.Net.Http.Headers;
using Builder.Oci;

namespace Builder.Registry.Content.Blobs;

/// <summary>A blob of a repository. Every request begins at the registry, because the signed address that an earlier redirect led to may have expired.</summary>
internal sealed class RegistryPlace(Connection connection, Digest blob) : IBlobPlace
{
    public string Host => connection.Endpoint.Registry.Authority;

    public bool RangesWork { get; set; } = true;

    public Task<HttpResponseMessage> SendAsync(RangeHeaderValue? range, CancellationToken cancellationToken) =>
        connection.SendAsync(HttpMethod.Get, connection.Endpoint.Blob(blob), cancellationToken, range: range);

    public Task<RegistryException> FailureAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        connection.FailureAsync(response, $"{connection.Name}@{blob}", cancellationToken);
}
