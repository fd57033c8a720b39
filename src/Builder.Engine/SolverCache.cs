using Builder.Graph;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Steps;

namespace Builder.Engine;

/// <summary>The store's step cache, as the solver asks it. A result whose snapshot is gone is no result.</summary>
internal sealed class SolverCache(BuilderStore store) : IResultCache<StepResult>
{
    public ValueTask<StepResult?> FindAsync(Digest key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var found = store.Steps.Find(key) is { } record && store.Snapshots.Find(record.SnapshotId) is { } snapshot
            ? new StepResult(snapshot)
            : null;
        return ValueTask.FromResult(found);
    }

    public ValueTask StoreAsync(Digest key, KeyExplanation explanation, StepResult result, CancellationToken cancellationToken)
    {
        if (result.Snapshot is { Created: { } created } snapshot)
        {
            store.Steps.Set(key, new StepRecord { SnapshotId = snapshot.Id, Created = created, Explanation = Flatten(explanation) });
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Parts of one name, the elements of a list, become one entry with a line each.</summary>
    private static SortedDictionary<string, string> Flatten(KeyExplanation explanation)
    {
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in explanation.Parts)
        {
            parts[name] = parts.TryGetValue(name, out var earlier) ? earlier + "\n" + value : value;
        }

        return parts;
    }
}
