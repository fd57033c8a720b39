using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Engine.Deferring;

/// <summary>
/// Which steps have to leave files behind, because something will look at them: a process, a copy out of their tree, an output of
/// files. The others only have to become layers.
/// </summary>
internal sealed class DeferralPlan
{
    private readonly HashSet<Digest> needed;

    private DeferralPlan(HashSet<Digest> needed, bool needsRoot)
    {
        this.needed = needed;
        NeedsRoot = needsRoot;
    }

    /// <summary>Whether something will be done that takes more than reading the context and writing layers.</summary>
    public bool NeedsRoot { get; }

    /// <param name="takesFiles">Whether the outputs are made of the targets' files, or nothing is to be deferred.</param>
    public static DeferralPlan Of(BuildGraph graph, bool takesFiles)
    {
        var needed = new HashSet<Digest>();
        if (takesFiles)
        {
            needed.UnionWith(graph.Vertices.Select(vertex => vertex.Digest));
        }

        // Inputs come before what uses them.
        foreach (var vertex in graph.Vertices.Reverse())
        {
            for (var i = 0; i < vertex.Inputs.Count; i++)
            {
                var isRoot = i == 0 || vertex.Operation is MergeOperation;
                if (vertex.Operation is RunOperation || !isRoot || needed.Contains(vertex.Digest))
                {
                    needed.Add(vertex.Inputs[i].Digest);
                }
            }
        }

        return new DeferralPlan(needed, graph.Vertices.Any(vertex =>
            vertex.Operation is RunOperation or HttpOperation or GitOperation
            || (needed.Contains(vertex.Digest) && vertex.Operation is not (ScratchOperation or ContextOperation))));
    }

    /// <summary>Whether a vertex need not leave files.</summary>
    public bool Defers(Vertex vertex) => !needed.Contains(vertex.Digest);
}
