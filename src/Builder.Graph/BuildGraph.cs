namespace Builder.Graph;

/// <summary>Everything that some targets need, each vertex once, inputs before what uses them.</summary>
public sealed class BuildGraph
{
    private BuildGraph(IReadOnlyList<Vertex> targets, IReadOnlyList<Vertex> vertices)
    {
        Targets = targets;
        Vertices = vertices;
    }

    public IReadOnlyList<Vertex> Targets { get; }

    /// <summary>In an order that depends on the graph alone. Vertices of equal digest are one: the first.</summary>
    public IReadOnlyList<Vertex> Vertices { get; }

    public static BuildGraph Of(params IReadOnlyList<Vertex> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return new BuildGraph(targets, TopologicalOrder.Of(targets));
    }
}
