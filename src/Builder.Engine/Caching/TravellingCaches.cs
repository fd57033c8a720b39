using Builder.Diagnostics;
using Builder.Engine.Deferring;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Engine.Caching;

/// <summary>What <c>--cache-from</c> and <c>--cache-to</c> ask of one build.</summary>
/// <param name="warn">Told what went wrong without failing the build.</param>
internal sealed class TravellingCaches(BuilderStore store, RegistryClient registry, BuildRequest request, Action<Diagnostic> warn)
{
    /// <summary>
    /// The results that the build's steps have by definition, in the order of their keys. Keys by result are of no use elsewhere:
    /// they tell what lies below by its name in this store.
    /// </summary>
    private List<(Digest Key, StepRecord Record)> known = [];

    /// <summary>Reads the documents; a cache that is not there yet is a remark, since every cache has its first build.</summary>
    public async Task<ImportedCaches?> ImportAsync(LayerOrigins origins, CancellationToken cancellationToken)
    {
        var sources = new List<CacheSource>();
        foreach (var spec in request.CacheFrom)
        {
            try
            {
                sources.AddRange(await CacheSource.ReadAsync(spec, registry, cancellationToken));
            }
            catch (BuilderException e)
            {
                Warn($"the cache {(object?)spec.Reference ?? spec.Folder} cannot be read: {e.Message}");
            }
        }

        return sources.Count == 0 ? null : new ImportedCaches(store, origins, sources, Warn);
    }

    /// <summary>Writes all caches that have a place of their own.</summary>
    /// <param name="failed">Whether the build failed: then what cannot be written is only a remark.</param>
    public async Task ExportAsync(BuildGraph graph, IReadOnlyDictionary<Digest, KeyExplanation> keys, DeferredTrees trees, Func<Snapshot, LayerOptions> options, bool failed, CancellationToken cancellationToken)
    {
        if (request.CacheTo.Count == 0)
        {
            return;
        }

        known = [.. from key in keys.Values.Select(key => key.Key).Distinct().Order() let record = store.Steps.Find(key) where record is not null select (key, record)];
        var chain = ChainOf(graph, keys);
        foreach (var spec in request.CacheTo.Where(spec => spec.Kind != CacheKind.Inline))
        {
            try
            {
                var records = known.Where(each => spec.AllSteps || chain.Contains(each.Record.SnapshotId)).ToList();
                foreach (var (_, record) in records)
                {
                    await trees.LearnAsync(store.Snapshots.Find(record.SnapshotId), cancellationToken);
                }

                await new CacheExporter(store, registry, options).ExportAsync(spec, records, cancellationToken);
            }
            catch (BuilderException e) when (failed || spec.IgnoreError)
            {
                Warn($"the cache could not be written: {e.Message}");
            }
        }
    }

    /// <summary>The document for an image that carries its own cache; null when nobody asked.</summary>
    public CacheDocument? Inline(Snapshot? root, Func<Snapshot, LayerOptions> options, CancellationToken cancellationToken)
    {
        if (root is null || !request.CacheTo.Any(spec => spec.Kind == CacheKind.Inline))
        {
            return null;
        }

        var stack = new HashSet<string>(StringComparer.Ordinal);
        for (Snapshot? snapshot = root; snapshot is not null; snapshot = store.Snapshots.ParentOf(snapshot))
        {
            stack.Add(snapshot.Id);
        }

        return new CacheWriter(store, options).Describe(known.Where(each => stack.Contains(each.Record.SnapshotId)), cancellationToken);
    }

    /// <summary>The snapshots of the steps that the targets' layers come from, one on the other.</summary>
    private HashSet<string> ChainOf(BuildGraph graph, IReadOnlyDictionary<Digest, KeyExplanation> keys)
    {
        var snapshots = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<Vertex>(graph.Targets);
        while (pending.TryPop(out var vertex))
        {
            if (keys.TryGetValue(vertex.Digest, out var key) && store.Steps.Find(key.Key) is { } record)
            {
                for (var snapshot = store.Snapshots.Find(record.SnapshotId); snapshot is not null && snapshots.Add(snapshot.Id);)
                {
                    snapshot = store.Snapshots.ParentOf(snapshot);
                }
            }

            foreach (var input in vertex.Inputs.Take(vertex.Operation is MergeOperation ? vertex.Inputs.Count : 1))
            {
                pending.Push(input);
            }
        }

        return snapshots;
    }

    private void Warn(string text) => warn(new Diagnostic("Cache", Severity.Warning, text, null, null));
}
