using Builder.Oci;

namespace Builder.Graph.Solving;

/// <summary>
/// Computes the keys of a graph, as <c>spec/cache-keys.md</c> has them: by definition before anything runs, by the
/// results of the inputs when there are some.
/// </summary>
internal static class KeyPlan
{
    /// <summary>Fills in the definition keys. Nodes come inputs first.</summary>
    public static void ComputeDefinitionKeys<TResult>(IReadOnlyList<SolveNode<TResult>> nodes)
        where TResult : class
    {
        foreach (var node in nodes)
        {
            node.Key = VertexKey.Describe(node.Vertex, input => node.ContentKeys[input] ?? node.Inputs[input].Key!.Key);
        }
    }

    /// <summary>Finds out which nodes stand on something that is run anew. Nodes come inputs first.</summary>
    public static void SpreadFreshness<TResult>(IReadOnlyList<SolveNode<TResult>> nodes)
        where TResult : class
    {
        foreach (var node in nodes)
        {
            node.HasFreshInputs = node.Inputs.Any(input => input.IgnoresCache || input.HasFreshInputs);
        }
    }

    /// <summary>The key by what is in the inputs; null when it would say no more than the definition key.</summary>
    public static async ValueTask<KeyExplanation?> ComputeResultKeyAsync<TResult>(
        SolveNode<TResult> node, IVertexRunner<TResult> runner, CancellationToken cancellationToken)
        where TResult : class
    {
        var keys = new Digest[node.Inputs.Count];
        var saysMore = false;
        for (var i = 0; i < keys.Length; i++)
        {
            var input = node.Inputs[i];
            if (node.ContentKeys[i] is { } known)
            {
                keys[i] = known;
            }
            else if (input.Result is { } result && await runner.ResultKeyAsync(node.Vertex, i, result, cancellationToken) is { } seen)
            {
                keys[i] = seen;
                saysMore = true;
            }
            else if (input.IgnoresCache || input.HasFreshInputs)
            {
                return null;
            }
            else
            {
                keys[i] = input.Key!.Key;
            }
        }

        return saysMore ? VertexKey.Describe(node.Vertex, input => keys[input]) : null;
    }
}
