using System.Text.Json;
using System.Text.Json.Serialization;
using Builder.Oci;

namespace Builder.Graph.Serialization;

/// <summary>References are JSON strings.</summary>
internal sealed class ImageReferenceConverter : JsonConverter<ImageReference>
{
    public override ImageReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ImageReference.TryParse(reader.GetString() ?? "", out var reference) ? reference : throw new JsonException("not an image reference");

    public override void Write(Utf8JsonWriter writer, ImageReference value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
