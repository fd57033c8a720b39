using Builder.Registry.Transport;

namespace Builder.Registry.Content;

/// <summary>Says in the user's words what a bad status means. The status decides; the registry's error code refines.</summary>
internal static class StatusFailure
{
    /// <param name="what">What was asked for, as the user knows it: <c>localhost:5000/app:1.0</c>.</param>
    public static async Task<RegistryException> OfAsync(
        HttpResponseMessage response, RegistryCall call, string what, RegistryOptions options, CancellationToken cancellationToken)
    {
        var body = await BoundedBody.TryReadAsync(response, ErrorBody.MaxSize, options, cancellationToken);
        var uri = response.RequestMessage!.RequestUri!;
        var status = (int)response.StatusCode;
        var elsewhere = Origin.Of(uri) != call.Endpoint.Origin;
        var host = uri.Authority;
        var said = ErrorBody.Describe(body);
        var (code, message, hint) = status switch
        {
            _ when body is { Length: > 0 } && ErrorBody.LooksLikeMarkup(body) && !elsewhere && status < 500 => (
                RegistryErrors.NotARegistry,
                $"{what}: {host} answers {status} with a web page, not as a registry does",
                "is it a registry, or does a proxy or a login page stand in between?"),
            _ when elsewhere => (
                RegistryErrors.Failed,
                $"{what}: {host}, where the registry keeps this content, answers {status}{said}",
                (string?)null),
            401 => (
                RegistryErrors.Unauthorized,
                $"{what}: access denied{said}",
                $"log in with 'builder login {call.Endpoint.Domain}', or check the name: many registries answer so for repositories that do not exist"),
            403 => (
                RegistryErrors.Denied,
                $"{what}: not allowed{said}",
                "the repository does not exist, or this account may not read it"),
            404 => (
                RegistryErrors.NotFound,
                $"{what}: not found",
                ErrorBody.Code(body) switch
                {
                    "NAME_UNKNOWN" => $"{call.Endpoint.Domain} has no repository {call.Endpoint.Repository}",
                    "MANIFEST_UNKNOWN" => $"the repository {call.Endpoint.Repository} has no such tag or digest",
                    "BLOB_UNKNOWN" => "the registry lists this blob in a manifest but does not have it: the image is broken there",
                    _ => "check the name and the tag",
                }),
            429 => (
                RegistryErrors.TooManyRequests,
                $"{what}: {host} has had too many requests from here{said}",
                RetryHint(response, options)),
            400 when said.Contains("HTTPS", StringComparison.Ordinal) && uri.Scheme == Uri.UriSchemeHttp => (
                RegistryErrors.NotARegistry,
                $"{what}: {host} speaks TLS, but was asked in plain HTTP",
                "declare this host as one with TLS"),
            _ => (
                RegistryErrors.Failed,
                $"{what}: {host} answers {status}{said}",
                status >= 500 ? "the registry has a problem of its own; try again later" : null),
        };
        var id = RequestIds.Of(response);
        return new RegistryException(code, id is null ? message : $"{message} (request {id})", hint) { Host = host, Status = status, Url = SafeUrl.Of(uri), RequestId = id };
    }

    private static string RetryHint(HttpResponseMessage response, RegistryOptions options) =>
        RetryAfter.Of(response, options.Time) is { } wait && wait > TimeSpan.Zero
            ? $"it allows the next one in {Math.Ceiling(wait.TotalSeconds)} seconds; logging in may raise the limit"
            : "wait, or log in: known users may have a higher limit";
}
