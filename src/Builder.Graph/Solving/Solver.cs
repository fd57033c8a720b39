using System.Runtime.ExceptionServices;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Solving;

/// <summary>
/// Makes the results of a graph's targets. From each target downwards it asks the cache by definition key; what is not
/// found needs its inputs, is looked for once more by what is in them, and then run. So a target that is known touches
/// nothing below it, and a step is run again only if something that it sees has changed.
/// </summary>
/// <param name="jobs">How many vertices are run, or looked for, at the same time.</param>
public sealed class Solver<TResult>(IVertexRunner<TResult> runner, IResultCache<TResult> cache, IBuildEvents events, int jobs, TimeProvider time)
    where TResult : class
{
    private readonly int jobs = jobs > 0 ? jobs : throw new ArgumentOutOfRangeException(nameof(jobs));

    /// <summary>Whether a failure stops only what needs the step that failed, and all failures are thrown together at the end.</summary>
    public bool KeepsGoing { get; init; }

    /// <summary>The key of each vertex by definition; known as soon as anything runs, also of a build that fails.</summary>
    public IReadOnlyDictionary<Digest, KeyExplanation> DefinitionKeys { get; private set; } = new Dictionary<Digest, KeyExplanation>();

    /// <summary>
    /// The results of the targets, in their order. The first failure stops everything else; it is thrown, with the
    /// place of its instruction, when nothing runs any more.
    /// </summary>
    /// <exception cref="ArgumentException">A target has no result.</exception>
    public async Task<IReadOnlyList<TResult>> SolveAsync(BuildGraph graph, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Targets.Any(target => !target.Operation.HasResult))
        {
            throw new ArgumentException("a target without a result cannot be solved", nameof(graph));
        }

        var nodes = NodesOf(graph);
        var ordered = graph.Vertices.Select(vertex => nodes[vertex.Digest]).ToList();
        await FindContentKeysAsync(ordered, cancellationToken);
        KeyPlan.ComputeDefinitionKeys(ordered);
        DefinitionKeys = ordered.ToDictionary(node => node.Vertex.Digest, node => node.Key!);
        await ExpireAsync(ordered, cancellationToken);
        KeyPlan.SpreadFreshness(ordered);

        var targets = graph.Targets.Select(target => nodes[target.Digest]).ToList();
        var worker = new VertexWorker<TResult>(runner, cache, events, time);
        await new Scheduler<TResult>(worker, jobs, KeepsGoing).RunAsync(targets, cancellationToken);
        TellSkipped(ordered);
        return [.. targets.Select(target => target.Result!)];
    }

    private static Dictionary<Digest, SolveNode<TResult>> NodesOf(BuildGraph graph)
    {
        var nodes = new Dictionary<Digest, SolveNode<TResult>>(graph.Vertices.Count);
        foreach (var vertex in graph.Vertices)
        {
            nodes.Add(vertex.Digest, new SolveNode<TResult>(vertex, [.. vertex.Inputs.Select(input => nodes[input.Digest])]));
        }

        return nodes;
    }

    private async Task FindContentKeysAsync(IEnumerable<SolveNode<TResult>> nodes, CancellationToken cancellationToken)
    {
        var questions = nodes.SelectMany(node => Enumerable.Range(0, node.Inputs.Count)
            .Where(input => node.Inputs[input].Vertex.Operation.IsMutable)
            .Select(input => (Node: node, Input: input)));
        Exception? first = null;
        var limit = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(questions, limit, async (question, token) =>
            {
                var vertex = question.Node.Vertex;
                try
                {
                    question.Node.ContentKeys[question.Input] = await runner.ContentKeyAsync(vertex, question.Input, token);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    var error = Failure.Of(vertex, e);
                    if (Interlocked.CompareExchange(ref first, error, null) is null)
                    {
                        events.Publish(new VertexFailed(vertex, time.GetUtcNow(), error));
                    }

                    throw;
                }
            });
        }
        catch when (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>A result that is too old is as good as none, for its own step and for all that are known by it.</summary>
    private async Task ExpireAsync(IEnumerable<SolveNode<TResult>> nodes, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            if (node.Vertex.MaxAge is { } maxAge && !node.IsSource && await cache.IsExpiredAsync(node.Key!.Key, maxAge, cancellationToken))
            {
                node.IgnoresCache = true;
            }
        }
    }

    private void TellSkipped(IEnumerable<SolveNode<TResult>> nodes)
    {
        foreach (var node in nodes)
        {
            if (!node.IsDemanded && node.Vertex.Operation.HasResult && node.Vertex.Operation is not ScratchOperation)
            {
                events.Publish(new VertexSkipped(node.Vertex, time.GetUtcNow(), node.Key?.Key));
            }
        }
    }
}
