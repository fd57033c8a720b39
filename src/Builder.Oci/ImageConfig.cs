using System.Text.Json;
using System.Text.Json.Serialization;

namespace Builder.Oci;

/// <summary>
/// What an image is and how to run it (OCI image-spec, config.md, with Docker's additions). Unknown fields are kept, so
/// that a base image's config survives being built upon.
/// </summary>
public sealed record ImageConfig
{
    public DateTimeOffset? Created { get; init; }

    public string? Author { get; init; }

    public required string Architecture { get; init; }

    public string? Variant { get; init; }

    public required string Os { get; init; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("os.features")]
    public IReadOnlyList<string>? OsFeatures { get; init; }

    /// <summary>How to run it; null and empty mean the same.</summary>
    [JsonPropertyName("config")]
    public ExecutionConfig? Execution { get; init; }

    [JsonPropertyName("rootfs")]
    public required RootFs RootFs { get; init; }

    public IReadOnlyList<HistoryEntry>? History { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }

    [JsonIgnore]
    public Platform Platform => new Platform(Architecture, Os) { Variant = Variant, OsVersion = OsVersion, OsFeatures = OsFeatures }.Normalised();
}

/// <summary>The stack of layers by the digests of their uncompressed tars, base first.</summary>
public sealed record RootFs
{
    public string Type { get; init; } = "layers";

    [JsonPropertyName("diff_ids")]
    public IReadOnlyList<DiffId> DiffIds { get; init => field = value ?? []; } = [];
}

/// <summary>One line of an image's history; each that is not <see cref="EmptyLayer"/> stands for one layer, in order.</summary>
public sealed record HistoryEntry
{
    public DateTimeOffset? Created { get; init; }

    public string? Author { get; init; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    public string? Comment { get; init; }

    [JsonPropertyName("empty_layer")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EmptyLayer { get; init; }
}
