using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Builder.Oci;

namespace Builder.Engine.Caching;

/// <summary>The config of a cache that travels (spec/formats.md, "Caches that travel"): which steps came to which layers.</summary>
internal sealed record CacheDocument
{
    public const string MediaType = "application/vnd.builder.cacheconfig.v1+json";

    /// <summary>Where the document stands in the config of an image that carries its own cache.</summary>
    public const string InlineKey = "builder.cache.v1";

    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>All layers of all results, each after the one that it lies on.</summary>
    [AllowNull]
    public IReadOnlyList<CacheLayer> Layers { get; init => field = value ?? []; } = [];

    [AllowNull]
    public IReadOnlyList<CacheStep> Steps { get; init => field = value ?? []; } = [];

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, CacheJson.Types.CacheDocument);

    public JsonElement ToElement() => JsonSerializer.SerializeToElement(this, CacheJson.Types.CacheDocument);

    /// <summary>Null for what is no cache, or one of another version.</summary>
    public static CacheDocument? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CacheJson.Types.CacheDocument) is { Version: CurrentVersion } document && document.IsSound ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether layers lie only on earlier ones, and steps name layers that there are.</summary>
    private bool IsSound =>
        Layers.Select((layer, i) => layer.Parent >= -1 && layer.Parent < i).All(sound => sound)
        && Steps.All(step => step.Layer >= -1 && step.Layer < Layers.Count);
}

/// <summary>A layer of a result.</summary>
/// <param name="DiffId">Of its uncompressed tar.</param>
/// <param name="Parent">The place in the list of the layer that it lies on; -1 for none.</param>
/// <param name="Blob">The place among the manifest's layers; -1 for one that comes with a base image.</param>
/// <param name="Created">How old its step is; null for a base image's.</param>
internal sealed record CacheLayer(DiffId DiffId, int Parent, int Blob, DateTimeOffset? Created);

/// <summary>A result and the keys that it is known by.</summary>
/// <param name="Layer">Its topmost layer; -1 for the empty file system.</param>
/// <param name="Created">How old it is.</param>
/// <param name="Made">When it was made.</param>
internal sealed record CacheStep(Digest Key, int Layer, DateTimeOffset Created, DateTimeOffset? Made)
{
    /// <summary>What the key is made of.</summary>
    public IReadOnlyDictionary<string, string>? Explanation { get; init; }
}

[JsonSerializable(typeof(CacheDocument))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class CacheJson : JsonSerializerContext
{
    internal static readonly CacheJson Types = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
