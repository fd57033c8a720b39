namespace Builder.Registry.Content;

/// <summary>Reads a body that ought to be small.</summary>
internal static class BoundedBody
{
    /// <summary>The whole body, or null when it has more than <paramref name="limit"/> bytes.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int limit, RegistryOptions options, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limit)
        {
            return null;
        }

        await using var body = await WatchedBody.OpenAsync(response, options, cancellationToken);
        using var collected = new MemoryStream((int)(response.Content.Headers.ContentLength ?? 4096));
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return collected.ToArray();
            }

            if (collected.Length + read > limit)
            {
                return null;
            }

            collected.Write(buffer, 0, read);
        }
    }

    /// <summary>As much of an explanation as there is: null when it cannot be read, for example because its length is a lie.</summary>
    public static async Task<byte[]?> TryReadAsync(HttpResponseMessage response, int limit, RegistryOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(response, limit, options, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return null;
        }
    }
}
