using Builder.Oci;

namespace Builder.Graph.Solving;

/// <summary>A vertex while it is being solved. Changed by the scheduler only.</summary>
internal sealed class SolveNode<TResult>(Vertex vertex, IReadOnlyList<SolveNode<TResult>> inputs)
    where TResult : class
{
    public Vertex Vertex { get; } = vertex;

    public IReadOnlyList<SolveNode<TResult>> Inputs { get; } = inputs;

    /// <summary>What the vertex selects of inputs whose definition does not tell; null for the others.</summary>
    public Digest?[] ContentKeys { get; } = new Digest?[inputs.Count];

    /// <summary>The key by definition; known for each node before the first is run.</summary>
    public KeyExplanation? Key { get; set; }

    /// <summary>Whether it is run anew whatever the cache holds.</summary>
    public bool IgnoresCache { get; set; } = vertex.IgnoreCache;

    /// <summary>
    /// Whether something below is run anew. Then the definition says nothing about the result any more, only the
    /// results of the inputs do.
    /// </summary>
    public bool HasFreshInputs { get; set; }

    public bool IsSource => Vertex.Operation.IsSource;

    public bool CanBeFoundByDefinition => !IsSource && !IgnoresCache && !HasFreshInputs;

    public bool CanBeFoundByResults => !IsSource && !IgnoresCache;

    public bool IsDemanded { get; set; }

    /// <summary>Whether its run was announced, so that its end has to be.</summary>
    public bool IsStarted { get; set; }

    public bool IsDone { get; set; }

    /// <summary>Null until done, and for what has no result.</summary>
    public TResult? Result { get; set; }

    /// <summary>Nodes to tell when this is done.</summary>
    public List<SolveNode<TResult>> Waiting { get; } = [];

    /// <summary>How many inputs are not done yet.</summary>
    public int Missing { get; set; }
}
