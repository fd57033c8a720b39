using System.Text.Json.Serialization;

namespace Builder.Oci;

/// <summary>The marker file of an image layout (OCI image-spec, image-layout.md).</summary>
public sealed record OciLayout([property: JsonPropertyName("imageLayoutVersion")] string ImageLayoutVersion)
{
    public const string FileName = "oci-layout";
    public const string IndexFileName = "index.json";

    public static readonly OciLayout Current = new("1.0.0");

    /// <summary>Where a blob lies below a layout's root, with <c>/</c> as separator.</summary>
    public static string BlobPath(Digest digest) => $"blobs/{Digest.Algorithm}/{digest.Hex}";
}

/// <summary>One image of a <c>docker save</c> archive's <c>manifest.json</c>; paths are inside the archive.</summary>
public sealed record DockerArchiveEntry
{
    public const string FileName = "manifest.json";

    [JsonPropertyName("Config")]
    public required string Config { get; init; }

    [JsonPropertyName("RepoTags")]
    public IReadOnlyList<string>? RepoTags { get; init; }

    [JsonPropertyName("Layers")]
    public IReadOnlyList<string> Layers { get; init => field = value ?? []; } = [];
}
