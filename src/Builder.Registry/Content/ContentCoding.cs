using System.IO.Compression;

namespace Builder.Registry.Content;

/// <summary>
/// What somebody on the way has compressed although nobody asked for it (RFC 9110 §8.4). A digest is of the bytes as stored,
/// so such a body is undone before it is hashed.
/// </summary>
internal static class ContentCoding
{
    /// <summary>
    /// The name of the coding to undo; null when the body is to be taken as it comes. A body that has the length of the blob is
    /// the blob, whatever its label says: storage hosts like to call a gzip file "gzip-encoded".
    /// </summary>
    /// <param name="size">The bytes of the blob as stored.</param>
    public static string? Of(HttpResponseMessage response, long size) =>
        response.Content.Headers.ContentEncoding is { Count: 1 } codings && response.Content.Headers.ContentLength != size && Known(codings.Single()) is { } coding
            ? coding
            : null;

    /// <summary>The stream behind a coding. Its reads fail with an <see cref="InvalidDataException"/> when the label was wrong.</summary>
    public static Stream Undo(string? coding, Stream body) => coding switch
    {
        null => body,
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        _ => new GZipStream(body, CompressionMode.Decompress),
    };

    private static string? Known(string coding)
    {
        var name = coding.ToLowerInvariant();
        return name is "gzip" or "x-gzip" or "deflate" or "br" ? name : null;
    }
}
