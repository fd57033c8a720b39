using System.Text.Json.Serialization;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Serialization;

/// <summary>The JSON form of a graph: a flat list, each vertex after its inputs.</summary>
internal sealed record GraphDocument
{
    public IReadOnlyList<TextDocument> Texts { get; init; } = [];

    public required IReadOnlyList<VertexDocument> Vertices { get; init; }

    public required IReadOnlyList<Digest> Targets { get; init; }
}

/// <summary>A text that vertices were made from.</summary>
internal sealed record TextDocument(string Path, string Text);

internal sealed record VertexDocument(Digest Digest, Operation Operation)
{
    public IReadOnlyList<Digest> Inputs { get; init; } = [];

    public Platform? Platform { get; init; }

    public string Name { get; init; } = "";

    public PlaceDocument? Place { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PlaceDocument>? Operands { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IgnoreCache { get; init; }
}

/// <summary>A stretch of the text with this number.</summary>
internal sealed record PlaceDocument(int Text, int Start, int Length);

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(GraphDocument))]
internal sealed partial class GraphJsonContext : JsonSerializerContext;
