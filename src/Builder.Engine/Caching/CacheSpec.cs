using System.Globalization;
using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Engine.Exporters;
using Builder.Engine.Options;
using Builder.Oci;

namespace Builder.Engine.Caching;

/// <summary>Where results of steps travel to or come from.</summary>
public enum CacheKind
{
    /// <summary>An image of its own in a registry.</summary>
    Registry,

    /// <summary>An OCI layout in a folder.</summary>
    Local,

    /// <summary>In the config of the image itself; the layers are the image's.</summary>
    Inline,
}

/// <summary>One <c>--cache-from</c> or <c>--cache-to</c>.</summary>
/// <param name="Reference">The image; null for a folder, or for the image that is built.</param>
/// <param name="Folder">The layout; null for a registry.</param>
public sealed record CacheSpec(CacheKind Kind, ImageReference? Reference, string? Folder)
{
    /// <summary>All steps of the build (<c>mode=max</c>), or only those whose layers the image has (<c>mode=min</c>).</summary>
    public bool AllSteps { get; init; }

    /// <summary>Whether a cache that cannot be written fails the build.</summary>
    public bool IgnoreError { get; init; }

    /// <summary>The tag in a layout.</summary>
    public string Tag { get; init; } = "latest";

    /// <summary>What the layers travel in.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    private const string WayOut = "write it as type=registry,ref=NAME, as type=local,dest=FOLDER (src=FOLDER to read), or as type=inline";

    /// <summary>The keys of <c>docker buildx build</c>; a bare word is an image in a registry.</summary>
    /// <param name="isExport">Whether it is a <c>--cache-to</c>.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadCacheSpec"/>.</exception>
    public static CacheSpec Parse(string text, bool isExport)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return text.Length > 0 ? new CacheSpec(CacheKind.Registry, ImageReference.Parse(text), null) : throw Bad("the cache is empty");
        }

        var fields = OptionFields.Parse(text);
        string? Value(string key) => fields.LastOrDefault(field => field.Key == key).Value;
        if (fields.FirstOrDefault(field => !IsKnown(field.Key)) is { Key: { } unknown })
        {
            throw Bad($"unknown key '{unknown}' in the cache '{text}'");
        }

        if (Value("image-manifest") is { } shape && !ImageFormParser.Flag("image-manifest", shape))
        {
            throw Bad("image-manifest=false is not supported: registries refuse what BuildKit wrote before it had the shape of an image");
        }

        var spec = Value("type") switch
        {
            "registry" or null => new CacheSpec(CacheKind.Registry, ImageReference.Parse(Value("ref") ?? throw Bad($"the cache '{text}' names no image: ref=NAME")), null),
            "local" => new CacheSpec(CacheKind.Local, null, (isExport ? Value("dest") : Value("src")) ?? throw Bad($"the cache '{text}' names no folder: {(isExport ? "dest" : "src")}=FOLDER")),
            "inline" when isExport => new CacheSpec(CacheKind.Inline, null, null),
            "inline" => throw Bad("a cache in an image is read with --cache-from type=registry,ref=IMAGE"),
            var other => throw Bad($"unknown cache type '{other}'"),
        };
        return spec with
        {
            AllSteps = Value("mode") switch
            {
                null or "min" => false,
                "max" when spec.Kind != CacheKind.Inline => true,
                "max" => throw Bad("mode=max needs a place of its own: an image has no layers of other stages"),
                var other => throw Bad($"unknown mode '{other}': it is min or max"),
            },
            IgnoreError = Value("ignore-error") is { } ignore && ImageFormParser.Flag("ignore-error", ignore),
            Tag = Value("tag") ?? "latest",
            Compression = CompressionOf(Value("compression"), Value("compression-level")),
        };
    }

    private static bool IsKnown(string key) =>
        key is "type" or "ref" or "mode" or "dest" or "src" or "tag" or "ignore-error" or "image-manifest" or "oci-mediatypes" or "compression" or "compression-level" or "force-compression";

    private static LayerCompression CompressionOf(string? name, string? level) =>
        LayerCompression.TryParse(name ?? "gzip", int.TryParse(level, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null, out var problem)
            is { Format: not LayerFormat.Estargz } chosen ? chosen : throw Bad(problem ?? "layers of a cache are compressed with gzip, zstd, or not at all");

    private static BuilderException Bad(string message) => new(EngineErrors.BadCacheSpec, message, WayOut);
}
