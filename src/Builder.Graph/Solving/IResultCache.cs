using Builder.Oci;

namespace Builder.Graph.Solving;

/// <summary>Results of earlier builds by key. Called from several threads at once.</summary>
public interface IResultCache<TResult>
    where TResult : class
{
    /// <summary>The result, ready to be used; null when there is none (any more).</summary>
    ValueTask<TResult?> FindAsync(Digest key, CancellationToken cancellationToken);

    /// <summary>Whether there is a result that was made longer ago than this.</summary>
    ValueTask<bool> IsExpiredAsync(Digest key, TimeSpan maxAge, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <summary>Remembers a result, and what its key is made of. Storing under a known key replaces.</summary>
    ValueTask StoreAsync(Digest key, KeyExplanation explanation, TResult result, CancellationToken cancellationToken);
}
