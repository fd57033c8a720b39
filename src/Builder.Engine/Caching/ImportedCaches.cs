using System.Collections.Concurrent;
using Builder.Diagnostics;
using Builder.Engine.Deferring;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Engine.Caching;

/// <summary>
/// Results that ran elsewhere. Their layers are fetched when the step is found and not before, and unpacked when somebody needs their
/// files; layers of base images come from where this build has the base from.
/// </summary>
internal sealed class ImportedCaches(BuilderStore store, LayerOrigins origins, IReadOnlyList<CacheSource> sources, Action<string> warn)
{
    private readonly Dictionary<Digest, (CacheSource Source, CacheStep Step)> steps = sources
        .SelectMany(source => source.Document.Steps.Select(step => (Source: source, Step: step)))
        .GroupBy(found => found.Step.Key)
        .ToDictionary(group => group.Key, group => group.First());

    private readonly ConcurrentDictionary<Digest, Lazy<Task<StepRecord?>>> fetched = new();

    /// <summary>The record of a result whose layers are in the store now; null when no cache has it, or it cannot be had.</summary>
    public async ValueTask<StepRecord?> FindAsync(Digest key, CancellationToken cancellationToken) =>
        steps.TryGetValue(key, out var found)
            ? await fetched.GetOrAdd(key, _ => new Lazy<Task<StepRecord?>>(() => FetchAsync(found.Source, found.Step, cancellationToken))).Value
            : null;

    /// <summary>Whether a key is known elsewhere, and since when.</summary>
    public CacheStep? Peek(Digest key) => steps.TryGetValue(key, out var found) ? found.Step : null;

    private async Task<StepRecord?> FetchAsync(CacheSource source, CacheStep step, CancellationToken cancellationToken)
    {
        try
        {
            var top = Defer(source, step);
            for (var snapshot = top; snapshot is not null; snapshot = store.Snapshots.ParentOf(snapshot))
            {
                if (store.Snapshots.CreatedOf(snapshot) is not null)
                {
                    await store.Layers.LearnAsync(snapshot, origins.Find, cancellationToken);
                }
            }

            return top is null ? null : new StepRecord { SnapshotId = top.Id, Created = step.Created, Made = step.Made, Explanation = step.Explanation ?? new Dictionary<string, string>() };
        }
        catch (BuilderException e)
        {
            warn($"a result of the cache cannot be had, the step is run: {e.Message}");
            return null;
        }
    }

    /// <summary>Null for what was built on a base that this build does not have.</summary>
    private Snapshot? Defer(CacheSource source, CacheStep step)
    {
        var stack = new Stack<CacheLayer>();
        for (var place = step.Layer; place >= 0; place = source.Document.Layers[place].Parent)
        {
            stack.Push(source.Document.Layers[place]);
        }

        foreach (var layer in stack)
        {
            if (layer.Blob >= 0)
            {
                var blob = source.Blobs[layer.Blob];
                origins.Add(layer.DiffId, new LayerOrigin(blob, token => source.OpenBlobAsync(blob, token)));
            }
            else if (origins.Find(layer.DiffId) is null)
            {
                return null;
            }
        }

        var top = store.Snapshots.DeferChain([.. stack.Select(layer => layer.DiffId)]);
        var snapshot = top;
        foreach (var layer in stack.Reverse())
        {
            if (layer.Created is { } created && snapshot is not null)
            {
                store.Snapshots.RememberCreated(snapshot, created);
            }

            snapshot = snapshot is null ? null : store.Snapshots.ParentOf(snapshot);
        }

        return top;
    }
}
