using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Builder.Diagnostics;

namespace Builder.Oci;

/// <summary>
/// How documents become bytes and back. The bytes decide the digest, so there is one way to write: no indentation,
/// nulls left out, <c>+</c> and friends not escaped. Reading refuses duplicate keys (I-JSON) and documents over
/// <see cref="MaxDocumentSize"/>.
/// </summary>
public static class OciJson
{
    /// <summary>Manifests, indexes and configs above 4 MiB are refused by registries, and here.</summary>
    public const int MaxDocumentSize = 4 * 1024 * 1024;

    private static readonly OciJsonContext Context = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 32,
    });

    public static byte[] Write(ImageManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, Context.ImageManifest);

    public static byte[] Write(ImageIndex index) => JsonSerializer.SerializeToUtf8Bytes(index, Context.ImageIndex);

    public static byte[] Write(ImageConfig config) => JsonSerializer.SerializeToUtf8Bytes(config, Context.ImageConfig);

    public static byte[] Write(Descriptor descriptor) => JsonSerializer.SerializeToUtf8Bytes(descriptor, Context.Descriptor);

    /// <summary>As it stands in a config's <c>config</c>.</summary>
    public static byte[] Write(ExecutionConfig execution) => JsonSerializer.SerializeToUtf8Bytes(execution, Context.ExecutionConfig);

    public static byte[] Write(OciLayout layout) => JsonSerializer.SerializeToUtf8Bytes(layout, Context.OciLayout);

    public static byte[] Write(IReadOnlyList<DockerArchiveEntry> entries) =>
        JsonSerializer.SerializeToUtf8Bytes(entries, Context.IReadOnlyListDockerArchiveEntry);

    public static ImageManifest ReadManifest(ReadOnlySpan<byte> json)
    {
        var manifest = Read(json, Context.ImageManifest, "image manifest");
        RefuseConfusion(json);
        return manifest;
    }

    public static ImageIndex ReadIndex(ReadOnlySpan<byte> json)
    {
        var index = Read(json, Context.ImageIndex, "image index");
        RefuseConfusion(json);
        return index;
    }

    public static ImageConfig ReadConfig(ReadOnlySpan<byte> json) => Read(json, Context.ImageConfig, "image config");

    public static Descriptor ReadDescriptor(ReadOnlySpan<byte> json) => Read(json, Context.Descriptor, "descriptor");

    public static OciLayout ReadLayout(ReadOnlySpan<byte> json) => Read(json, Context.OciLayout, "OCI layout marker");

    public static IReadOnlyList<DockerArchiveEntry> ReadDockerArchive(ReadOnlySpan<byte> json) =>
        Read(json, Context.IReadOnlyListDockerArchiveEntry, "docker archive manifest");

    private static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string what)
    {
        if (json.Length > MaxDocumentSize)
        {
            throw new BuilderException(OciErrors.InvalidDocument, $"the {what} has {json.Length} bytes, more than the {MaxDocumentSize} allowed");
        }

        try
        {
            RefuseNullElements(json, what);
            return JsonSerializer.Deserialize(json, type)
                ?? throw new BuilderException(OciErrors.InvalidDocument, $"the {what} is null");
        }
        catch (JsonException e)
        {
            throw new BuilderException(OciErrors.InvalidDocument, $"the {what} cannot be read: {e.Message}", inner: e);
        }
    }

    /// <summary>Go writes empty lists as null, so a property may be null; an element may not, and the types do not say so.</summary>
    private static void RefuseNullElements(ReadOnlySpan<byte> json, string what)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 32 });
        var isValue = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null && !isValue && reader.CurrentDepth > 0)
            {
                throw new BuilderException(OciErrors.InvalidDocument, $"the {what} has a list with a null in it");
            }

            isValue = reader.TokenType == JsonTokenType.PropertyName;
        }
    }

    /// <summary>A document that is a manifest to one reader and an index to another is an attack (CVE-2021-41190).</summary>
    private static void RefuseConfusion(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        bool manifests = false, layers = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                manifests |= reader.ValueTextEquals("manifests");
                layers |= reader.ValueTextEquals("layers") || reader.ValueTextEquals("config");
            }
        }

        if (manifests && layers)
        {
            throw new BuilderException(OciErrors.InvalidDocument, "the document is both an image manifest and an image index");
        }
    }
}

[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(ExecutionConfig))]
[JsonSerializable(typeof(Descriptor))]
[JsonSerializable(typeof(OciLayout))]
[JsonSerializable(typeof(IReadOnlyList<DockerArchiveEntry>))]
internal sealed partial class OciJsonContext : JsonSerializerContext;
