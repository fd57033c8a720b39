using Builder.Diagnostics;
using Builder.Registry.Content;
using Builder.Registry.Transport;

namespace Builder.Registry.Push;

/// <summary>Says in the user's words why a registry did not take something.</summary>
internal static class PushFailure
{
    public static async Task<RegistryException> OfAsync(
        HttpResponseMessage response, Endpoint endpoint, string operation, RegistryOptions options, CancellationToken cancellationToken) =>
        Of(response, await BoundedBody.TryReadAsync(response, ErrorBody.MaxSize, options, cancellationToken), endpoint, operation);

    public static RegistryException Of(HttpResponseMessage response, byte[]? body, Endpoint endpoint, string operation)
    {
        var status = (int)response.StatusCode;
        var uri = response.RequestMessage!.RequestUri!;
        var (code, hint) = Judge(status, ErrorBody.Code(body), endpoint);
        return new RegistryException(code, $"{operation}: {uri.Authority} answers {status}{ErrorBody.Describe(body)}{RequestId(response)}", hint)
        {
            Host = uri.Authority,
            Status = status,
            Url = SafeUrl.Of(uri),
        };
    }

    private static (ErrorCode Code, string? Hint) Judge(int status, string? said, Endpoint endpoint) => (status, said) switch
    {
        (401, _) => (RegistryErrors.Unauthorized, $"log in with 'builder login {endpoint.Domain}', as somebody who may write to {endpoint.Repository}"),
        (403, _) => (RegistryErrors.Denied, $"this account may not write to {endpoint.Repository}, or the project above it does not exist yet"),
        (404, "NAME_UNKNOWN" or null) => (RegistryErrors.NotFound, $"{endpoint.Domain} has no repository {endpoint.Repository} and makes none by itself; create it there first"),
        (404, _) => (RegistryErrors.NotFound, null),
        (405, _) => (RegistryErrors.ReadOnly, $"{endpoint.Domain} is read-only, a mirror perhaps, or does not do this at all"),
        (412, _) => (RegistryErrors.ManifestRefused, "a policy of the registry forbids it"),
        (413 or 507, _) => (RegistryErrors.NoRoom, $"a limit of {endpoint.Domain}, of a proxy before it, or the quota of {endpoint.Repository} is reached"),
        (429, _) => (RegistryErrors.TooManyRequests, "wait, or log in: known users may have a higher limit"),
        (400, "MANIFEST_BLOB_UNKNOWN") => (RegistryErrors.ManifestRefused, "the registry has lost a part of the image since it was sent; push again"),
        (400, "MANIFEST_INVALID" or "MANIFEST_UNVERIFIED") => (RegistryErrors.ManifestRefused, "the registry may be too old for this kind of manifest: --format docker is what the oldest know"),
        (>= 500, _) => (RegistryErrors.Failed, "the registry has a problem of its own; try again later"),
        _ => (RegistryErrors.UploadRefused, null),
    };

    /// <summary>What to quote when asking the registry's operator.</summary>
    internal static string RequestId(HttpResponseMessage response) => RequestIds.Of(response) is { } id ? $" (request id {id})" : "";
}
