using Builder.Oci;

namespace Builder.Engine.Sources.Http;

/// <summary>What tells one version of a URL's content from another, as the server wrote it.</summary>
internal sealed record Validators(string? ETag, string? LastModified)
{
    public static readonly Validators None = new(null, null);

    /// <summary>The one by which a download that was cut may be continued: it has to stand for the very bytes (RFC 9110 §13.1.5).</summary>
    public string? ForRange => ETag is { } tag && !tag.StartsWith("W/", StringComparison.Ordinal) ? tag : LastModified;
}

/// <summary>An answer that was read to its end.</summary>
/// <param name="Body">The digest of what was written; null when the server says that nothing has changed.</param>
internal sealed record Download(Digest? Body, Validators Validators, DateTimeOffset? LastModified);
