using Builder.Diagnostics;

namespace Builder.Graph.Solving;

internal static class Failure
{
    /// <summary>The error with the place of the vertex's instruction, if it has none of its own.</summary>
    public static Exception Of(Vertex vertex, Exception error) =>
        error is BuilderException known && vertex.SourceSpan is { } span ? known.At(span) : error;
}
