namespace Builder.Graph.Solving;

/// <summary>Makes the results of a graph's targets.</summary>
public sealed class Solver<TResult>(IVertexRunner<TResult> runner, IResultCache<TResult> cache, IBuildEvents events, int jobs, TimeProvider time)
    where TResult : class
{
    /// <summary>The results of the targets, in their order.</summary>
    public Task<IReadOnlyList<TResult>> SolveAsync(BuildGraph graph, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{runner} {cache} {events} {jobs} {time} {graph} {cancellationToken}");
}
