using System.Net;
using System.Net.Http.Headers;
using Builder.Oci;
using Builder.Registry.Content;
using Builder.Registry.Push;

namespace Builder.Registry;

/// <content>Writing and deleting manifests.</content>
public sealed partial class RegistryClient
{
    /// <summary>What a tag or digest names in a repository at this moment, by a HEAD and nothing else; null when the registry does not say.</summary>
    public async Task<Digest?> PeekAsync(ImageReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var connection = await ConnectToPushAsync(reference, cancellationToken);
        using var response = await connection.SendAsync(
            HttpMethod.Head, connection.Endpoint.Manifest(NameOf(reference)), cancellationToken, headers: h => h.TryAddWithoutValidation("Accept", ManifestDocument.Accept));
        return response.IsSuccessStatusCode
            && response.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values)
            && Digest.TryParse(values.ToString(), out var digest) ? digest : null;
    }

    /// <summary>
    /// Stores a manifest or index under a tag, or under its own digest. All that it lists has to be there already.
    /// </summary>
    /// <returns>Whether the registry itself has listed the manifest with its subject (the referrers API).</returns>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.ManifestRefused"/> and others; with <see cref="IsMissingBlob"/> true when a part is not there.</exception>
    public async Task<bool> PutManifestAsync(ImageReference reference, string mediaType, ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var connection = await ConnectToPushAsync(reference, cancellationToken);
        using var content = new ReadOnlyMemoryContent(manifest);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var response = await connection.SendAsync(HttpMethod.Put, connection.Endpoint.Manifest(NameOf(reference)), cancellationToken, content);
        if (!response.IsSuccessStatusCode)
        {
            throw await connection.FailureAsync(response, $"pushing the manifest of {reference.Familiar}", cancellationToken);
        }

        var digest = Digest.Of(manifest.Span);
        if (response.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values) && Digest.TryParse(values.ToString(), out var stored) && stored != digest)
        {
            throw new RegistryException(
                RegistryErrors.WrongContent, $"pushing the manifest of {reference.Familiar}: {connection.Endpoint.Domain} has stored {stored} instead of {digest}", "the registry, or a proxy before it, changes manifests");
        }

        return response.Headers.NonValidated.Contains("OCI-Subject");
    }

    /// <summary>Whether a refused manifest lists something that the registry does not have, or not yet.</summary>
    public static bool IsMissingBlob(RegistryException refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return refusal.Status is 400 or 404 && refusal.Message.Contains("BLOB_UNKNOWN", StringComparison.Ordinal);
    }

    /// <summary>
    /// Deletes what a digest names, with every tag that stands for it, or a tag alone. Many registries do the first only, and
    /// some neither.
    /// </summary>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.NoDeletion"/>, <see cref="RegistryErrors.NotFound"/>.</exception>
    public async Task DeleteAsync(ImageReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var connection = await ConnectToPushAsync(reference, cancellationToken);
        using var response = await connection.SendAsync(
            HttpMethod.Delete, connection.Endpoint.Manifest(NameOf(reference)), cancellationToken, extraScope: $"repository:{connection.Endpoint.Repository}:delete");
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var operation = $"deleting {reference.Familiar}";
        var failure = await connection.FailureAsync(response, operation, cancellationToken);
        throw response.StatusCode switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented => new RegistryException(
                RegistryErrors.NoDeletion,
                failure.Message,
                reference.Digest is null
                    ? $"{connection.Endpoint.Domain} does not delete tags; to delete the manifest, with every tag that it has, name it by its digest, or say --manifest"
                    : $"{connection.Endpoint.Domain} does not delete, or not without being configured to")
            {
                Host = failure.Host,
                Status = failure.Status,
                Url = failure.Url,
            },
            HttpStatusCode.NotFound => new RegistryException(RegistryErrors.NotFound, $"{operation}: not found", "check the name and the tag") { Host = failure.Host, Status = 404, Url = failure.Url },
            _ => failure,
        };
    }

    private static string NameOf(ImageReference reference) => reference.Digest?.ToString() ?? reference.Tag ?? "latest";
}
