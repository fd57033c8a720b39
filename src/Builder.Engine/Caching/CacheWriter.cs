using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Engine.Caching;

/// <summary>Turns results of the store into a cache document and the layers that belong to it.</summary>
/// <param name="options">What the layers of steps depend on besides their snapshots.</param>
internal sealed class CacheWriter(BuilderStore store, Func<Snapshot, LayerOptions> options)
{
    private const int MaxDocument = 3 << 20;
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private readonly List<CacheLayer> layers = [];
    private readonly List<DiffId> own = [];

    /// <summary>The layers that the cache brings along, in the order in which the document counts them.</summary>
    public IReadOnlyList<DiffId> OwnLayers => own;

    public CacheDocument Describe(IEnumerable<(Digest Key, StepRecord Record)> records, CancellationToken cancellationToken)
    {
        var steps = new List<CacheStep>();
        foreach (var (key, record) in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (store.Snapshots.Find(record.SnapshotId) is { } snapshot)
            {
                steps.Add(new CacheStep(key, PlaceOf(snapshot, cancellationToken), record.Created, record.Made) { Explanation = record.Explanation });
            }
        }

        var document = new CacheDocument { Layers = layers, Steps = steps };

        // Why a step missed is worth less than that it is found.
        return document.Write().Length <= MaxDocument ? document : document with { Steps = [.. steps.Select(step => step with { Explanation = null })] };
    }

    private int PlaceOf(Snapshot top, CancellationToken cancellationToken)
    {
        var missing = new Stack<Snapshot>();
        Snapshot? next = top;
        for (; next is not null && !places.ContainsKey(next.Id); next = store.Snapshots.ParentOf(next))
        {
            missing.Push(next);
        }

        var parent = next is null ? -1 : places[next.Id];
        foreach (var snapshot in missing)
        {
            parent = places[snapshot.Id] = Add(snapshot, parent, cancellationToken);
        }

        return parent;
    }

    private int Add(Snapshot snapshot, int parent, CancellationToken cancellationToken)
    {
        var created = store.Snapshots.CreatedOf(snapshot);
        var diffId = snapshot.DiffId ?? store.Layers.Describe(snapshot, options(snapshot), cancellationToken).DiffId;
        var blob = -1;
        if (created is not null)
        {
            blob = own.IndexOf(diffId);
            if (blob < 0)
            {
                blob = own.Count;
                own.Add(diffId);
            }
        }

        layers.Add(new CacheLayer(diffId, parent, blob, created));
        return layers.Count - 1;
    }
}
