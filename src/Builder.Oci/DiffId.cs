using System.Text.Json;
using System.Text.Json.Serialization;

namespace Builder.Oci;

/// <summary>
/// The digest of a layer's <em>uncompressed</em> tar (OCI image-spec, config.md "Layer DiffID"). A type of its own,
/// so that it cannot be passed where the digest of the stored, mostly compressed, blob is meant.
/// </summary>
[JsonConverter(typeof(DiffIdJsonConverter))]
public readonly record struct DiffId(Digest Digest)
{
    public override string ToString() => Digest.ToString();
}

/// <summary>A diff ID is written as its digest.</summary>
public sealed class DiffIdJsonConverter : JsonConverter<DiffId>
{
    public override DiffId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.TryParse(reader.GetString(), out var digest) ? new DiffId(digest) : throw new JsonException("not a sha256 digest");

    public override void Write(Utf8JsonWriter writer, DiffId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
