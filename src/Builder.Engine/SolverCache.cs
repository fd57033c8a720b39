using Builder.Engine.Caching;
using Builder.Engine.Deferring;
using Builder.Engine.Explaining;
using Builder.Graph;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Steps;

namespace Builder.Engine;

/// <summary>The store's step cache, and those that came from elsewhere, as the solver asks them. A result whose snapshot is gone is no result.</summary>
/// <param name="imported">Asked after the store; null for none.</param>
internal sealed class SolverCache(BuilderStore store, KnownFiles files, TimeProvider time, LayerOrigins origins, ImportedCaches? imported = null) : IResultCache<StepResult>
{
    public async ValueTask<StepResult?> FindAsync(Digest key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var record = Obtainable(store.Steps.Find(key));
        if (record is null && imported is not null && await imported.FindAsync(key, cancellationToken) is { } travelled)
        {
            store.Steps.Set(key, travelled);
            record = travelled;
        }

        if (record is null || store.Snapshots.Find(record.SnapshotId) is not { } snapshot)
        {
            return null;
        }

        if (!store.Layers.HasLayers(snapshot))
        {
            // Its layer can only be made by reading files of other owners.
            DeferredTrees.RequireRoot();
        }

        return new StepResult(snapshot, record.Created) { Made = record.Made, Took = record.Took };
    }

    /// <summary>A result that was deferred is worth something only as long as its layers can be had.</summary>
    private StepRecord? Obtainable(StepRecord? record) =>
        record is not null && store.Snapshots.Find(record.SnapshotId) is { } snapshot && store.Layers.CanUnpack(snapshot, origins.Find) ? record : null;

    public ValueTask<bool> IsExpiredAsync(Digest key, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var made = store.Steps.Find(key) is { } record ? record.Made ?? record.Created : imported?.Peek(key)?.Made;
        return ValueTask.FromResult(made is { } moment && time.GetUtcNow() - moment > maxAge);
    }

    public ValueTask StoreAsync(Digest key, KeyExplanation explanation, StepResult result, CancellationToken cancellationToken)
    {
        if (result.Snapshot is { } snapshot && store.Snapshots.CreatedOf(snapshot) is { } created)
        {
            var record = new StepRecord { SnapshotId = snapshot.Id, Created = created, Made = result.Made ?? time.GetUtcNow(), Took = result.Took, Explanation = StepParts.Flatten(explanation) };
            store.Steps.Set(key, record);
            foreach (var part in explanation.Parts.Where(part => part.Name.StartsWith("input ", StringComparison.Ordinal)))
            {
                files.Keep(Digest.Parse(part.Value));
            }
        }

        return ValueTask.CompletedTask;
    }
}
