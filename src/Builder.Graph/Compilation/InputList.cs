namespace Builder.Graph.Compilation;

/// <summary>The inputs of a vertex under construction: the root, then each source once.</summary>
internal sealed class InputList(Vertex root)
{
    private readonly List<Vertex> vertices = [root];

    public IReadOnlyList<Vertex> Vertices => vertices;

    /// <summary>The number of a source among the inputs. Never 0, even for the vertex that is the root as well.</summary>
    public int Add(Vertex source)
    {
        var index = vertices.IndexOf(source, 1);
        if (index >= 0)
        {
            return index;
        }

        vertices.Add(source);
        return vertices.Count - 1;
    }
}
