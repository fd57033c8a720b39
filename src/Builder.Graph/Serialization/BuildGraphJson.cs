using System.Text.Encodings.Web;
using System.Text.Json;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Graph.Serialization;

/// <summary>
/// A graph as JSON: what another process, or another machine, needs to solve it. Equal graphs give equal bytes.
/// </summary>
public static class BuildGraphJson
{
    private static readonly GraphJsonContext Context = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 32,
    });

    public static byte[] Write(BuildGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var texts = graph.Vertices.Select(vertex => vertex.SourceSpan).Concat(graph.Vertices.SelectMany(vertex => vertex.OperandSpans))
            .OfType<SourceSpan>().Select(span => span.Source).Distinct().ToList();
        var document = new GraphDocument
        {
            Texts = [.. texts.Select(text => new TextDocument(text.Path, text.Text))],
            Vertices = [.. graph.Vertices.Select(vertex => new VertexDocument(vertex.Digest, vertex.Operation)
            {
                Inputs = [.. vertex.Inputs.Select(input => input.Digest)],
                Platform = vertex.Platform,
                Name = vertex.DisplayName,
                Place = vertex.SourceSpan is { } span ? PlaceOf(texts, span) : null,
                Operands = vertex.OperandSpans.Count == 0 ? null : [.. vertex.OperandSpans.Select(operand => PlaceOf(texts, operand))],
                IgnoreCache = vertex.IgnoreCache,
            })],
            Targets = [.. graph.Targets.Select(target => target.Digest)],
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, Context.GraphDocument);
    }

    /// <summary>Reads a graph and recomputes every digest that it claims.</summary>
    /// <exception cref="BuilderException"><see cref="GraphErrors.InvalidGraph"/>.</exception>
    public static BuildGraph Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var document = JsonSerializer.Deserialize(json, Context.GraphDocument) ?? throw Invalid("it is null");
            return Assemble(document);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException)
        {
            throw Invalid(e.Message, e);
        }
    }

    private static BuildGraph Assemble(GraphDocument document)
    {
        var texts = document.Texts.Select(text => new SourceText(text.Path, text.Text)).ToList();
        var vertices = new Dictionary<Digest, Vertex>();
        foreach (var entry in document.Vertices)
        {
            var vertex = new Vertex(entry.Operation, [.. entry.Inputs.Select(input => Find(vertices, input))], entry.Platform)
            {
                DisplayName = entry.Name,
                SourceSpan = entry.Place is { } place ? SpanOf(texts, place) : null,
                OperandSpans = [.. (entry.Operands ?? []).Select(operand => SpanOf(texts, operand))],
                IgnoreCache = entry.IgnoreCache,
            };
            if (vertex.Digest != entry.Digest || !vertices.TryAdd(vertex.Digest, vertex))
            {
                throw Invalid($"vertex {entry.Digest} is {(vertex.Digest != entry.Digest ? "not what its digest says" : "there twice")}");
            }
        }

        return BuildGraph.Of([.. document.Targets.Select(target => Find(vertices, target))]);
    }

    private static Vertex Find(Dictionary<Digest, Vertex> vertices, Digest digest) =>
        vertices.TryGetValue(digest, out var vertex) ? vertex : throw Invalid($"vertex {digest} is used before it is described");

    private static PlaceDocument PlaceOf(List<SourceText> texts, SourceSpan span) => new(texts.IndexOf(span.Source), span.Start, span.Length);

    private static SourceSpan SpanOf(List<SourceText> texts, PlaceDocument place) =>
        place.Text >= 0 && place.Text < texts.Count && place.Start >= 0 && place.Length >= 0
        && place.Start <= texts[place.Text].Text.Length - place.Length
            ? texts[place.Text].Span(place.Start, place.Length)
            : throw Invalid("a place lies outside its text");

    private static BuilderException Invalid(string why, Exception? inner = null) =>
        new(GraphErrors.InvalidGraph, $"the build graph cannot be read: {why}", inner: inner);
}
