using Builder.Graph.Operations;

namespace Builder.Graph.Solving;

/// <summary>What is done for one vertex, on whatever thread.</summary>
internal sealed class VertexWorker<TResult>(IVertexRunner<TResult> runner, IResultCache<TResult> cache, IBuildEvents events, TimeProvider time)
    where TResult : class
{
    /// <summary>Looks for the result by definition; null when it is not known.</summary>
    public async Task<TResult?> FindAsync(SolveNode<TResult> node, CancellationToken cancellationToken)
    {
        var found = await cache.FindAsync(node.Key!.Key, cancellationToken);
        if (found is not null)
        {
            Tell(node, new VertexCached(node.Vertex, Now, node.Key!.Key));
        }

        return found;
    }

    /// <summary>Makes the result of a vertex whose inputs are done.</summary>
    public async Task<TResult> MakeAsync(SolveNode<TResult> node, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return node.IsSource ? await RunAsync(node, cancellationToken) : await FindOrRunAsync(node, cancellationToken);
    }

    public void TellFailed(SolveNode<TResult> node, Exception error) => Tell(node, new VertexFailed(node.Vertex, Now, error));

    public void TellCanceled(SolveNode<TResult> node)
    {
        if (node.IsStarted)
        {
            Tell(node, new VertexCanceled(node.Vertex, Now));
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private async Task<TResult> FindOrRunAsync(SolveNode<TResult> node, CancellationToken cancellationToken)
    {
        var byResults = await KeyPlan.ComputeResultKeyAsync(node, runner, cancellationToken);
        if (byResults is not null && node.CanBeFoundByResults && await cache.FindAsync(byResults.Key, cancellationToken) is { } known)
        {
            await cache.StoreAsync(node.Key!.Key, node.Key, known, cancellationToken);
            Tell(node, new VertexCached(node.Vertex, Now, node.Key!.Key));
            return known;
        }

        return await RunAsync(node, cancellationToken, byResults);
    }

    private async Task<TResult> RunAsync(SolveNode<TResult> node, CancellationToken cancellationToken, KeyExplanation? byResults = null)
    {
        Tell(node, new VertexStarted(node.Vertex, Now, node.IsSource ? null : node.Key));
        node.IsStarted = true;
        var result = await runner.RunAsync(node.Vertex, [.. node.Inputs.Select(input => input.Result)], cancellationToken);
        if (!node.IsSource)
        {
            await cache.StoreAsync(node.Key!.Key, node.Key, result, cancellationToken);
            if (byResults is not null)
            {
                await cache.StoreAsync(byResults.Key, byResults, result, cancellationToken);
            }
        }

        Tell(node, new VertexCompleted(node.Vertex, Now));
        return result;
    }

    /// <summary>Nothing happens in the empty file system that anybody would want to hear of.</summary>
    private void Tell(SolveNode<TResult> node, BuildEvent buildEvent)
    {
        if (node.Vertex.Operation is not ScratchOperation)
        {
            events.Publish(buildEvent);
        }
    }
}
