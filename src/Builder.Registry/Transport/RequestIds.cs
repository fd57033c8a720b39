namespace Builder.Registry.Transport;

/// <summary>By what name an operator finds a request in his logs.</summary>
internal static class RequestIds
{
    private const int MaxLength = 100;

    private static readonly string[] Headers =
    [
        "X-Request-Id", "X-GitHub-Request-Id", "x-amzn-RequestId", "x-amz-request-id", "x-ms-correlation-request-id", "x-ms-request-id", "X-Correlation-Id", "cf-ray",
    ];

    /// <summary>Null when the server gives none.</summary>
    public static string? Of(HttpResponseMessage response)
    {
        foreach (var name in Headers)
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values) && Printable.Text(values.ToString(), MaxLength) is { Length: > 0 } id)
            {
                return id;
            }
        }

        return null;
    }
}
