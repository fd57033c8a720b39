using System.Collections.Concurrent;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Engine.Caching;

/// <summary>
/// Results that ran elsewhere. Their layers are fetched and unpacked when the step is found and not before; layers of base images
/// come from where this build has the base from.
/// </summary>
internal sealed class ImportedCaches(BuilderStore store, BaseImages bases, IReadOnlyList<CacheSource> sources, Action<string> warn)
{
    private readonly Dictionary<Digest, (CacheSource Source, CacheStep Step)> steps = sources
        .SelectMany(source => source.Document.Steps.Select(step => (Source: source, Step: step)))
        .GroupBy(found => found.Step.Key)
        .ToDictionary(group => group.Key, group => group.First());

    private readonly ConcurrentDictionary<Digest, Lazy<Task<StepRecord?>>> fetched = new();

    /// <summary>The record of a result that is in the store now; null when no cache has it, or it cannot be had.</summary>
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
            return await UnpackAsync(source, step, cancellationToken) is { } snapshot
                ? new StepRecord { SnapshotId = snapshot.Id, Created = step.Created, Made = step.Made, Explanation = step.Explanation ?? new Dictionary<string, string>() }
                : null;
        }
        catch (BuilderException e)
        {
            warn($"a result of the cache cannot be had, the step is run: {e.Message}");
            return null;
        }
    }

    private async Task<Snapshot?> UnpackAsync(CacheSource source, CacheStep step, CancellationToken cancellationToken)
    {
        var stack = new Stack<CacheLayer>();
        for (var place = step.Layer; place >= 0; place = source.Document.Layers[place].Parent)
        {
            stack.Push(source.Document.Layers[place]);
        }

        var layers = new List<(Descriptor Blob, DiffId DiffId)>();
        var openers = new Dictionary<Digest, Func<CancellationToken, Task<Stream>>>();
        foreach (var layer in stack)
        {
            if (layer.Blob >= 0)
            {
                var blob = source.Blobs[layer.Blob];
                layers.Add((blob, layer.DiffId));
                openers[blob.Digest] = token => source.OpenBlobAsync(blob, token);
            }
            else if (bases.FindLayer(layer.DiffId) is var (image, blob))
            {
                layers.Add((blob, layer.DiffId));
                openers[blob.Digest] = token => bases.OpenLayerAsync(image, blob, token);
            }
            else
            {
                // It was built on a base that this build does not have.
                return null;
            }
        }

        var top = await store.Layers.EnsureSnapshotsAsync(layers, (blob, token) => openers[blob.Digest](token), null, cancellationToken);
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
