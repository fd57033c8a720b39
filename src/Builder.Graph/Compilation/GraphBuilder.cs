using Builder.Diagnostics;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>Makes vertices; equal ones are one, with the name they got first.</summary>
internal sealed class GraphBuilder
{
    private readonly Dictionary<Digest, Vertex> known = [];
    private readonly Vertex scratch = new(new ScratchOperation()) { DisplayName = "scratch" };

    /// <summary>The given root, or the empty one.</summary>
    public Vertex OrScratch(Vertex? root) => root ?? scratch;

    public Vertex Add(
        Operation operation, IReadOnlyList<Vertex> inputs, Platform? platform, string name, SourceSpan? span, bool ignoreCache = false, TimeSpan? maxAge = null)
    {
        var vertex = new Vertex(operation, inputs, platform) { DisplayName = name, SourceSpan = span, IgnoreCache = ignoreCache, MaxAge = maxAge };
        return known.TryAdd(vertex.Digest, vertex) ? vertex : known[vertex.Digest];
    }
}
